package org.gradus.cuda.blas;

import org.gradus.device.View;
import org.gradus.dtype.DType;

/**
 * How the matrices of a batch lie in memory.
 *
 * @param byColumns whether the elements of a column are neighbours, not those of a row
 * @param leading the distance between rows, or between columns, in elements
 * @param stride the distance between matrices
 * @param alignment the largest power of two, up to 256, that divides all their addresses
 */
record Matrix(DType dtype, boolean byColumns, long leading, long stride, int alignment) {
    /** The alignment that cublasLt assumes at most, in bytes. */
    private static final int LARGEST_ALIGNMENT = 256;

    /**
     * Describes the matrices of a view along its last two axes.
     *
     * @param stride the distance between matrices
     * @param addresses all bits that are set in some matrix's address
     * @return null if neither rows nor columns are packed, or they overlap
     */
    static Matrix of(View view, long stride, long addresses) {
        int rank = view.shape().rank();
        int rows = view.shape().size(-2);
        int columns = view.shape().size(-1);
        long rowStride = view.strides()[rank - 2];
        long columnStride = view.strides()[rank - 1];
        long leading = leading(rows, columns, rowStride, columnStride);
        boolean byColumns = leading == 0;
        if (byColumns) {
            leading = leading(columns, rows, columnStride, rowStride);
        }
        if (leading == 0 || stride < 0) {
            return null;
        }
        int alignment = (int) Long.lowestOneBit(addresses | LARGEST_ALIGNMENT);
        return new Matrix(view.dtype(), byColumns, leading, stride, alignment);
    }

    /** Returns the distance between lines whose elements are neighbours, or 0. */
    private static long leading(int lines, int length, long lineStride, long stride) {
        if (length > 1 && stride != 1) {
            return 0;
        }
        long leading = lines > 1 ? lineStride : length;
        return leading >= length && leading <= Integer.MAX_VALUE ? leading : 0;
    }
}
