package org.gradus.cpu.matmul;

/**
 * What surrounds a product: {@code c = relu(alpha * a @ b + beta * c + bias)}.
 *
 * @param alpha the factor of the product
 * @param beta the factor of what the output held; at 0 it is not read
 * @param bias an array with the bias of each column, or null for none
 * @param biasOffset the position of the bias of column 0
 * @param biasStride the distance between columns in the bias
 * @param relu whether negative results become 0
 */
record Epilogue(
        float alpha, float beta, float[] bias, int biasOffset, int biasStride, boolean relu) {
    /** Just the product. */
    static final Epilogue NONE = new Epilogue(1, 0, null, 0, 0, false);

    /** Returns whether products are added to a {@linkplain #begin prepared} output. */
    boolean prepares() {
        return beta != 0 || bias != null;
    }

    /** Returns this epilogue for a product that begins at another column. */
    Epilogue from(int column) {
        return bias == null || column == 0
                ? this
                : new Epilogue(
                        alpha, beta, bias, biasOffset + column * biasStride, biasStride, relu);
    }

    /** Returns what is stored for a product of a column, where the output held {@code previous}. */
    float apply(float product, float previous, int column) {
        float result = alpha * product;
        if (beta != 0) {
            result += beta * previous;
        }
        if (bias != null) {
            result += bias[biasOffset + column * biasStride];
        }
        return relu ? Math.max(result, 0) : result;
    }

    /** Sets a part of the output to {@code beta * c + bias}. */
    void begin(Matrix c, int firstRow, int endRow, int firstColumn, int endColumn) {
        float[] data = c.data();
        int stride = c.columnStride();
        for (int row = firstRow; row < endRow; row++) {
            int at = c.offset() + row * c.rowStride() + firstColumn * stride;
            int biasAt = biasOffset + firstColumn * biasStride;
            for (int column = firstColumn; column < endColumn; column++) {
                float kept = beta == 0 ? 0 : beta * data[at];
                data[at] = bias == null ? kept : kept + bias[biasAt];
                at += stride;
                biasAt += biasStride;
            }
        }
    }

    /** Applies the activation to a part of the output. */
    void end(Matrix c, int firstRow, int endRow, int firstColumn, int endColumn) {
        if (!relu) {
            return;
        }
        float[] data = c.data();
        int stride = c.columnStride();
        for (int row = firstRow; row < endRow; row++) {
            int at = c.offset() + row * c.rowStride() + firstColumn * stride;
            for (int column = firstColumn; column < endColumn; column++) {
                data[at] = Math.max(data[at], 0);
                at += stride;
            }
        }
    }
}
