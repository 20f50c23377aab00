package org.gradus.cpu.matmul;

import java.util.Arrays;

/**
 * What surrounds a product: {@code c = relu(alpha * a @ b + beta * c + bias)}.
 *
 * @param alpha the factor of the product
 * @param beta the factor of what the output held; at 0 it is not read
 * @param bias a matrix of the output's shape, with stride 0 along the rows or columns that share a
 *     bias, or null for none
 * @param relu whether negative results become 0
 */
public record Epilogue(float alpha, float beta, Matrix bias, boolean relu) {
    /** Just the product. */
    public static final Epilogue NONE = new Epilogue(1, 0, null, false);

    /** Returns whether products are added to a {@linkplain #begin prepared} output. */
    boolean prepares() {
        return beta != 0 || bias != null;
    }

    /** Returns this epilogue for a product that begins at another row and column. */
    Epilogue from(int row, int column) {
        return bias == null ? this : new Epilogue(alpha, beta, bias.from(row, column), relu);
    }

    /** Returns this epilogue for the transposed output. */
    Epilogue transposed() {
        return bias == null ? this : new Epilogue(alpha, beta, bias.transposed(), relu);
    }

    /** Returns what is stored for an element's product, where the output held {@code previous}. */
    float apply(float product, float previous, int row, int column) {
        float result = alpha * product;
        if (beta != 0) {
            result += beta * previous;
        }
        if (bias != null) {
            result += bias.data()[bias.position(row, column)];
        }
        return relu ? Math.max(result, 0) : result;
    }

    /** Sets a part of the output to {@code beta * c + bias}. */
    void begin(Matrix c, int firstRow, int endRow, int firstColumn, int endColumn) {
        boolean fills = beta == 0 && bias != null && c.columnStride() == 1;
        int count = endColumn - firstColumn;
        for (int row = firstRow; row < endRow; row++) {
            int at = c.position(row, firstColumn);
            if (fills && bias.columnStride() == 0) {
                float one = bias.data()[bias.position(row, firstColumn)];
                Arrays.fill(c.data(), at, at + count, one);
            } else if (fills && bias.columnStride() == 1) {
                int from = bias.position(row, firstColumn);
                System.arraycopy(bias.data(), from, c.data(), at, count);
            } else {
                beginRow(c, row, firstColumn, endColumn);
            }
        }
    }

    private void beginRow(Matrix c, int row, int firstColumn, int endColumn) {
        float[] data = c.data();
        int at = c.position(row, firstColumn);
        for (int column = firstColumn; column < endColumn; column++) {
            float kept = beta == 0 ? 0 : beta * data[at];
            data[at] = bias == null ? kept : kept + bias.data()[bias.position(row, column)];
            at += c.columnStride();
        }
    }

    /** Applies the activation to a part of the output. */
    void end(Matrix c, int firstRow, int endRow, int firstColumn, int endColumn) {
        if (!relu) {
            return;
        }
        float[] data = c.data();
        for (int row = firstRow; row < endRow; row++) {
            int at = c.position(row, firstColumn);
            for (int column = firstColumn; column < endColumn; column++) {
                data[at] = Math.max(data[at], 0);
                at += c.columnStride();
            }
        }
    }
}
