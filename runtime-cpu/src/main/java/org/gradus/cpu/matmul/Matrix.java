package org.gradus.cpu.matmul;

/**
 * An {@code F32} matrix in an array.
 *
 * @param data the array
 * @param offset the position of element {@code [0][0]}
 * @param rowStride the distance between rows; may be 0 or negative
 * @param columnStride the distance between columns; may be 0 or negative
 */
public record Matrix(float[] data, int offset, int rowStride, int columnStride) {
    /** Returns the position of an element in the array. */
    public int position(int row, int column) {
        return offset + row * rowStride + column * columnStride;
    }

    /** Returns the matrix that begins at another row and column. */
    public Matrix from(int row, int column) {
        return new Matrix(data, position(row, column), rowStride, columnStride);
    }

    /** Returns the same elements with rows and columns exchanged. */
    public Matrix transposed() {
        return new Matrix(data, offset, columnStride, rowStride);
    }
}
