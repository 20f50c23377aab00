package org.gradus.cuda.blas;

import org.gradus.device.View;
import org.gradus.kernels.LoopSpace;

/**
 * The leading axes of a product: the longest is what a library steps along, along the others it is
 * called again.
 *
 * @param space all of them, with the strides of both factors and of the result
 * @param axis the one that the library steps along; -1 if there is none
 */
record Batch(LoopSpace space, int axis) {
    static Batch of(LoopSpace space) {
        int longest = -1;
        for (int axis = 0; axis < space.rank(); axis++) {
            if (longest < 0 || space.size(axis) > space.size(longest)) {
                longest = axis;
            }
        }
        return new Batch(space, longest);
    }

    /** Returns the number of products for one call. */
    int count() {
        return axis < 0 ? 1 : (int) space.size(axis);
    }

    /** Returns the number of calls. */
    long calls() {
        return space.elements() / count();
    }

    /**
     * Describes an operand's matrices for one call, or any other; null if they cannot be described.
     *
     * @param address of the first one
     */
    Matrix matrix(View view, int operand, long address) {
        long bits = address;
        for (int other = 0; other < space.rank(); other++) {
            bits |= other == axis ? 0 : space.stride(operand, other) * view.dtype().bytes();
        }
        return Matrix.of(view, axis < 0 ? 0 : space.stride(operand, axis), bits);
    }

    /** Returns how many bytes after the first matrix of all that of a call lies. */
    long bytes(View view, int operand, long call) {
        long elements = 0;
        long rest = call;
        for (int other = space.rank() - 1; other >= 0; other--) {
            if (other != axis) {
                elements += rest % space.size(other) * space.stride(operand, other);
                rest /= space.size(other);
            }
        }
        return elements * view.dtype().bytes();
    }
}
