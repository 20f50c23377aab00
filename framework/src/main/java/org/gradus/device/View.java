package org.gradus.device;

import java.util.Arrays;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * A tensor as a device sees it: part of a buffer, read with strides.
 *
 * @param buffer the storage
 * @param shape the sizes of the axes
 * @param strides for each axis the distance, in elements, between neighbours; 0 where the axis is
 *     broadcast, negative where it is flipped
 * @param offset the position of the first element in the buffer
 */
public record View(Buffer buffer, Shape shape, long[] strides, long offset) {
    /** Returns the view of a whole buffer, row-major. */
    public static View of(Buffer buffer, Shape shape) {
        return new View(buffer, shape, shape.contiguousStrides(), 0);
    }

    /** Returns the type of the elements. */
    public DType dtype() {
        return buffer.dtype();
    }

    /** Returns the number of elements. */
    public long elements() {
        return shape.elements();
    }

    /** Returns whether the elements lie row-major without gaps; axes of size 1 do not matter. */
    public boolean isContiguous() {
        long expected = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int size = shape.size(axis);
            if (size != 1 && strides[axis] != expected) {
                return shape.elements() == 0;
            }
            expected *= size;
        }
        return true;
    }

    /** Returns this view broadcast to a larger shape: new and repeated axes get stride 0. */
    public View expand(Shape target) {
        if (shape.equals(target)) {
            return this;
        }
        if (!shape.broadcastsTo(target)) {
            throw new IllegalArgumentException(shape + " cannot be broadcast to " + target);
        }
        long[] result = new long[target.rank()];
        int added = target.rank() - shape.rank();
        for (int axis = 0; axis < shape.rank(); axis++) {
            boolean repeated = shape.size(axis) == 1 && target.size(axis + added) != 1;
            result[axis + added] = repeated ? 0 : strides[axis];
        }
        return new View(buffer, target, result, offset);
    }

    @Override
    public String toString() {
        return dtype()
                + shape.toString()
                + " strides "
                + Arrays.toString(strides)
                + " at "
                + offset;
    }
}
