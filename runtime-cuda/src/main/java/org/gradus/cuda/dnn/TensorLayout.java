package org.gradus.cuda.dnn;

import java.util.Arrays;
import java.util.Optional;
import org.gradus.device.View;

/**
 * The sizes and strides of a tensor as cuDNN takes them: at least two spatial axes, positive
 * strides without overlap, and not more than an {@code int} counts.
 *
 * @param sizes {@code [batch, channels, spatial...]}
 * @param strides in elements
 */
record TensorLayout(int[] sizes, int[] strides) {
    private static final int FEWEST_AXES = 4;

    /** Returns a view's layout, or nothing if cuDNN cannot be told of it. */
    static Optional<TensorLayout> of(View view) {
        int rank = view.shape().rank();
        int added = Math.max(0, FEWEST_AXES - rank);
        int[] sizes = new int[rank + added];
        int[] strides = new int[rank + added];
        for (int axis = 0; axis < rank; axis++) {
            // an image with one spatial axis is one row high
            int to = axis < 2 ? axis : axis + added;
            sizes[to] = view.shape().size(axis);
            if (view.strides()[axis] < 0 || view.strides()[axis] > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            strides[to] = Math.toIntExact(view.strides()[axis]);
        }
        Arrays.fill(sizes, 2, 2 + added, 1);
        long elements = view.elements();
        if (elements < 1 || elements > Integer.MAX_VALUE) {
            return Optional.empty();
        }
        setStridesOfSingles(sizes, strides);
        return isApart(sizes, strides)
                ? Optional.of(new TensorLayout(sizes, strides))
                : Optional.empty();
    }

    /** An axis of size 1 is never stepped along; it gets the stride that it has when packed. */
    private static void setStridesOfSingles(int[] sizes, int[] strides) {
        int packed = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (sizes[axis] == 1) {
                strides[axis] = packed;
            }
            packed = (int) Math.min(Integer.MAX_VALUE, (long) strides[axis] * sizes[axis]);
        }
    }

    /** Returns whether no two positions are one element: each axis steps over the shorter ones. */
    private static boolean isApart(int[] sizes, int[] strides) {
        Integer[] byStride = new Integer[sizes.length];
        Arrays.setAll(byStride, axis -> axis);
        Arrays.sort(byStride, (a, b) -> Integer.compare(strides[a], strides[b]));
        long reach = 1;
        for (int axis : byStride) {
            if (sizes[axis] > 1) {
                if (strides[axis] < reach) {
                    return false;
                }
                reach = (long) strides[axis] * sizes[axis];
            }
        }
        return reach <= Integer.MAX_VALUE;
    }

    /** Returns whether the elements lie row-major without gaps. */
    boolean isPacked() {
        int packed = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            if (strides[axis] != packed) {
                return false;
            }
            packed *= sizes[axis];
        }
        return true;
    }

    /** Returns the number of axes. */
    int rank() {
        return sizes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorLayout t
                && Arrays.equals(sizes, t.sizes)
                && Arrays.equals(strides, t.strides);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(sizes) + Arrays.hashCode(strides);
    }

    @Override
    public String toString() {
        return Arrays.toString(sizes)
                + (isPacked() ? "" : " with strides " + Arrays.toString(strides));
    }
}
