package org.gradus.cuda.blas;

import java.util.Arrays;
import java.util.List;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.View;
import org.gradus.kernels.LoopSpace;

/**
 * The products along the leading axes of some views: the longest of these axes is what a library
 * steps along, along the others it is called again.
 */
final class Batch {
    private final View[] operands;
    private final long[] addresses;
    private final LoopSpace space;

    /** The axis that the library steps along; -1 if there is none. */
    private final int axis;

    /** The products {@code c = a @ b}. */
    Batch(DeviceStream stream, View a, View b, View c) {
        this.operands = new View[] {a, b, c};
        this.addresses = new long[] {stream.address(a), stream.address(b), stream.address(c)};
        int[] leading = Arrays.copyOf(c.shape().sizes(), c.shape().rank() - 2);
        this.space = LoopSpace.of(leading, List.of(a.strides(), b.strides(), c.strides()));
        int longest = -1;
        for (int each = 0; each < space.rank(); each++) {
            if (longest < 0 || space.size(each) > space.size(longest)) {
                longest = each;
            }
        }
        this.axis = longest;
    }

    /** Returns the number of products for one call. */
    private int count() {
        return axis < 0 ? 1 : (int) space.size(axis);
    }

    /** Returns the number of calls. */
    long calls() {
        return space.elements() / count();
    }

    /**
     * Describes the products of a call, which are those of any call.
     *
     * @param accumulates whether the previous result is read
     * @return null if a library cannot be told of them
     */
    Gemm describe(boolean accumulates, Epilogue epilogue) {
        Matrix first = matrix(0);
        Matrix second = matrix(1);
        Matrix result = matrix(2);
        if (first == null || second == null || result == null || result.byColumns()) {
            return null;
        }
        if (count() > 1 && result.stride() == 0) {
            return null;
        }
        return new Gemm(
                first,
                second,
                result,
                operands[2].shape().size(-2),
                operands[2].shape().size(-1),
                operands[0].shape().size(-1),
                count(),
                accumulates,
                epilogue);
    }

    private Matrix matrix(int operand) {
        View view = operands[operand];
        long bits = addresses[operand];
        for (int other = 0; other < space.rank(); other++) {
            bits |= other == axis ? 0 : space.stride(operand, other) * view.dtype().bytes();
        }
        return Matrix.of(view, axis < 0 ? 0 : space.stride(operand, axis), bits);
    }

    /**
     * Returns where the first matrix of a call is: 0 for {@code a}, 1 for {@code b}, 2 {@code c}.
     */
    long address(int operand, long call) {
        long elements = 0;
        long rest = call;
        for (int other = space.rank() - 1; other >= 0; other--) {
            if (other != axis) {
                elements += rest % space.size(other) * space.stride(operand, other);
                rest /= space.size(other);
            }
        }
        return addresses[operand] + elements * operands[operand].dtype().bytes();
    }
}
