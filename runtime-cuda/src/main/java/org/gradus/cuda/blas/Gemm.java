package org.gradus.cuda.blas;

import org.gradus.dtype.DType;

/**
 * All that decides how a library computes a product {@code [m, k] @ [k, n]}, or a batch of them:
 * equal ones share descriptors and the choice of an algorithm.
 *
 * <p>To a library that goes by columns, a matrix in row-major order is its transpose. So what it is
 * told is {@code result' = second' first'}, which costs nothing, and its bias along the rows is
 * ours along the columns.
 *
 * @param result in row-major order
 * @param count the number of products
 * @param accumulates whether the previous result is read
 */
record Gemm(
        Matrix first,
        Matrix second,
        Matrix result,
        int m,
        int n,
        int k,
        int count,
        boolean accumulates,
        Epilogue epilogue) {

    /** Returns the type of sums and factors. */
    DType computeType() {
        return result.dtype().computeType();
    }

    @Override
    public String toString() {
        return "multiply "
                + first.dtype()
                + " ["
                + m
                + ", "
                + k
                + "] by ["
                + k
                + ", "
                + n
                + "] to "
                + result.dtype()
                + (count == 1 ? "" : ", " + count + " times")
                + (epilogue == Epilogue.NONE ? "" : ", with " + epilogue);
    }
}
