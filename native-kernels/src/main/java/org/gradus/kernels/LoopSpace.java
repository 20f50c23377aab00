package org.gradus.kernels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/**
 * The axes that a kernel runs over, outermost first, and where each operand's elements lie: axes of
 * size 1 are dropped, and neighbouring axes become one where no operand can tell the difference, so
 * that most kernels see one long axis.
 *
 * <p>A space without axes has one element.
 */
public final class LoopSpace {
    /** How an operand's elements follow each other. */
    enum Layout {
        /** Row-major without gaps: the linear index is the position. */
        CONTIGUOUS,
        /** The same element everywhere. */
        UNIFORM,
        /** Anything else. */
        STRIDED
    }

    /** What fits into 31 bits, with room for a last group that reaches beyond the end. */
    private static final long NARROW = Integer.MAX_VALUE - (1 << 16);

    private final long[] sizes;
    private final List<long[]> strides;
    private final List<Layout> layouts;
    private final long elements;

    private LoopSpace(long[] sizes, List<long[]> strides) {
        this.sizes = sizes;
        this.strides = strides;
        long product = 1;
        for (long size : sizes) {
            product *= size;
        }
        this.elements = product;
        this.layouts = strides.stream().map(this::layout).toList();
    }

    /** Returns the space of a shape, with views of it as the operands. */
    static LoopSpace of(Shape shape, List<View> views) {
        List<long[]> strides = new ArrayList<>(views.size());
        for (View view : views) {
            strides.add(view.strides());
        }
        return of(shape.sizes(), strides);
    }

    /**
     * Returns the space of some axes.
     *
     * @param strides for each operand the distances between neighbours along the axes
     */
    public static LoopSpace of(int[] sizes, List<long[]> strides) {
        int operands = strides.size();
        long[] merged = new long[sizes.length];
        long[][] steps = new long[operands][sizes.length];
        int rank = 0;
        for (int axis = 0; axis < sizes.length; axis++) {
            int size = sizes[axis];
            if (size == 1) {
                continue;
            }
            boolean joins = rank > 0;
            for (int k = 0; k < operands && joins; k++) {
                joins = steps[k][rank - 1] == strides.get(k)[axis] * size;
            }
            rank += joins ? 0 : 1;
            merged[rank - 1] = joins ? merged[rank - 1] * size : size;
            for (int k = 0; k < operands; k++) {
                steps[k][rank - 1] = strides.get(k)[axis];
            }
        }
        List<long[]> results = new ArrayList<>(operands);
        for (long[] step : steps) {
            results.add(Arrays.copyOf(step, rank));
        }
        return new LoopSpace(Arrays.copyOf(merged, rank), results);
    }

    private Layout layout(long[] stride) {
        boolean uniform = true;
        boolean contiguous = true;
        long expected = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            uniform &= stride[axis] == 0;
            contiguous &= stride[axis] == expected;
            expected *= sizes[axis];
        }
        return uniform ? Layout.UNIFORM : contiguous ? Layout.CONTIGUOUS : Layout.STRIDED;
    }

    /** Returns the number of axes. */
    public int rank() {
        return sizes.length;
    }

    /** Returns the size of an axis. */
    public long size(int axis) {
        return sizes[axis];
    }

    /** Returns the number of elements. */
    public long elements() {
        return elements;
    }

    /** Returns the size of the innermost axis. */
    long inner() {
        return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
    }

    /** Returns how an operand lies. */
    Layout layout(int operand) {
        return layouts.get(operand);
    }

    /** Returns how all operands lie. */
    List<Layout> layouts() {
        return layouts;
    }

    /** Returns the distance between an operand's neighbours along an axis. */
    public long stride(int operand, int axis) {
        return strides.get(operand)[axis];
    }

    /** Returns the distance between an operand's neighbours along the innermost axis. */
    long innerStride(int operand) {
        return sizes.length == 0 ? 0 : strides.get(operand)[sizes.length - 1];
    }

    /** Returns whether positions in buffers, or their number, need more than 31 bits. */
    static boolean isWide(long elements, List<View> views) {
        if (elements > NARROW) {
            return true;
        }
        for (View view : views) {
            if (view.buffer().length() > NARROW) {
                return true;
            }
        }
        return false;
    }
}
