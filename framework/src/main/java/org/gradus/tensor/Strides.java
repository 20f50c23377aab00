package org.gradus.tensor;

import org.gradus.shape.Shape;

/** Arithmetic on strides. */
final class Strides {
    private Strides() {}

    /**
     * Returns the strides with which the same memory reads as another shape of as many elements in
     * the same order, or null if a copy is needed.
     */
    static long[] reshape(Shape from, long[] strides, Shape to) {
        if (from.elements() == 0) {
            return to.contiguousStrides();
        }
        long[] result = new long[to.rank()];
        int target = to.rank() - 1;
        int axis = from.rank() - 1;
        while (axis >= 0) {
            // a run of axes that are contiguous among themselves
            long runStride = strides[axis];
            long runSize = from.size(axis);
            int outer = axis - 1;
            while (outer >= 0
                    && (from.size(outer) == 1
                            || runSize == 1
                            || strides[outer] == runStride * runSize)) {
                if (runSize == 1) {
                    runStride = strides[outer];
                }
                runSize *= from.size(outer);
                outer--;
            }
            long covered = 1;
            while (target >= 0 && (covered < runSize || to.size(target) == 1)) {
                if (covered == runSize && to.size(target) != 1) {
                    break;
                }
                result[target] = covered * runStride;
                covered *= to.size(target);
                target--;
            }
            if (covered != runSize) {
                return null;
            }
            axis = outer;
        }
        while (target >= 0) {
            result[target--] = 1;
        }
        return result;
    }
}
