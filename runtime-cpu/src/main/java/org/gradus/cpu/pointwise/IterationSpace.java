package org.gradus.cpu.pointwise;

import java.util.List;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/**
 * The index space of a kernel, with the memory layout of each operand in it. Axes of size 1 are
 * dropped, and neighbouring axes become one where no operand can tell the difference, so that most
 * kernels see a single long axis.
 *
 * <p>Operands are numbered as the views were given. One more, the last, stands for the row-major
 * linear index of an element in the original shape: the position in a tensor without gaps.
 */
public final class IterationSpace {
    private final int rank;
    private final long[] sizes;
    private final long[][] strides;
    private final long[] offsets;
    private final boolean[] contiguous;
    private final long elements;

    private IterationSpace(int rank, long[] sizes, long[][] strides, long[] offsets) {
        this.rank = rank;
        this.sizes = sizes;
        this.strides = strides;
        this.offsets = offsets;
        this.contiguous = new boolean[offsets.length];
        long product = 1;
        for (int axis = 0; axis < rank; axis++) {
            product *= sizes[axis];
        }
        this.elements = product;
        for (int operand = 0; operand < offsets.length; operand++) {
            contiguous[operand] = isContiguous(operand);
        }
    }

    /** Returns the space of a shape in row-major order. */
    public static IterationSpace of(Shape shape, List<View> views) {
        return of(shape, views, null);
    }

    /**
     * Returns the space of a shape whose axes are visited in another order.
     *
     * @param order the axes from the outermost loop to the innermost; null for row-major order
     */
    public static IterationSpace of(Shape shape, List<View> views, int[] order) {
        int operands = views.size() + 1;
        int count = order == null ? shape.rank() : order.length;
        long[] sizes = new long[Math.max(count, 1)];
        long[][] strides = new long[operands][sizes.length];
        long[] offsets = new long[operands];
        long[][] given = new long[operands][];
        for (int operand = 0; operand < operands - 1; operand++) {
            View view = views.get(operand);
            given[operand] = view.strides();
            offsets[operand] = view.offset();
        }
        given[operands - 1] = shape.contiguousStrides();
        int rank = 0;
        for (int i = 0; i < count; i++) {
            int axis = order == null ? i : order[i];
            int size = shape.size(axis);
            if (size == 1) {
                continue;
            }
            boolean merged = rank > 0;
            for (int operand = 0; operand < operands && merged; operand++) {
                merged = strides[operand][rank - 1] == given[operand][axis] * size;
            }
            rank += merged ? 0 : 1;
            sizes[rank - 1] = merged ? sizes[rank - 1] * size : size;
            for (int operand = 0; operand < operands; operand++) {
                strides[operand][rank - 1] = given[operand][axis];
            }
        }
        if (rank == 0) {
            // a single element: one axis of size 1
            rank = 1;
            sizes[0] = 1;
        }
        return new IterationSpace(rank, sizes, strides, offsets);
    }

    private boolean isContiguous(int operand) {
        long expected = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            if (sizes[axis] != 1 && strides[operand][axis] != expected) {
                return false;
            }
            expected *= sizes[axis];
        }
        return true;
    }

    /** Returns the number of elements. */
    public long elements() {
        return elements;
    }

    /** Returns the number of loops. */
    public int rank() {
        return rank;
    }

    /** Returns the size of a loop, 0 being the outermost. */
    public long size(int axis) {
        return sizes[axis];
    }

    /** Returns the distance between an operand's neighbours of a loop, 0 being the outermost. */
    public long stride(int operand, int axis) {
        return strides[operand][axis];
    }

    /** Returns the size of the innermost loop. */
    public long inner() {
        return sizes[rank - 1];
    }

    /** Returns the number of the operand that stands for the linear index. */
    public int indexOperand() {
        return offsets.length - 1;
    }

    /** Returns whether an operand's elements follow each other in the order of the loops. */
    public boolean isContiguousOperand(int operand) {
        return contiguous[operand];
    }

    /** Returns whether an operand is one element, the same everywhere. */
    public boolean isUniformOperand(int operand) {
        for (int axis = 0; axis < rank; axis++) {
            if (strides[operand][axis] != 0 && sizes[axis] != 1) {
                return false;
            }
        }
        return true;
    }

    /** Returns the distance between neighbours of the innermost loop. */
    public long innerStride(int operand) {
        return strides[operand][rank - 1];
    }

    /** Returns where an operand's element at a linear position lies in its buffer. */
    public long offset(int operand, long position) {
        long[] stride = strides[operand];
        if (contiguous[operand]) {
            return offsets[operand] + position;
        }
        long offset = offsets[operand];
        long rest = position;
        for (int axis = rank - 1; axis > 0; axis--) {
            long outer = rest / sizes[axis];
            offset += (rest - outer * sizes[axis]) * stride[axis];
            rest = outer;
        }
        return offset + rest * stride[0];
    }
}
