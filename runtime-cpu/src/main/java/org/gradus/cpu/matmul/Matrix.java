package org.gradus.cpu.matmul;

/**
 * An {@code F32} matrix in an array.
 *
 * @param data the array
 * @param offset the position of element {@code [0][0]}
 * @param rowStride the distance between rows; may be 0 or negative
 * @param columnStride the distance between columns; may be 0 or negative
 */
record Matrix(float[] data, int offset, int rowStride, int columnStride) {
    /** Returns the matrix that begins at another row and column. */
    Matrix from(int row, int column) {
        return new Matrix(
                data, offset + row * rowStride + column * columnStride, rowStride, columnStride);
    }
}
