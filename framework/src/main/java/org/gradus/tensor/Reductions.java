package org.gradus.tensor;

import java.util.Arrays;
import java.util.Locale;
import org.gradus.device.ReduceOp;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/**
 * Sums, means, extrema and the like. Each takes the axes to reduce, none meaning all; the axes
 * vanish, or stay with size 1 in the methods whose names end in {@code Keeping}.
 */
public sealed interface Reductions permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /** Returns the sum over axes; of integers and truth values in {@code I64}. */
    default Tensor sum(int... axes) {
        return drop(sumKeeping(axes), axes);
    }

    /** Returns the sum over axes, which stay with size 1. */
    default Tensor sumKeeping(int... axes) {
        return reduce(ReduceOp.SUM, axes);
    }

    /** Returns the sum over all that broadcasting to this shape repeated: of the given shape. */
    default Tensor sumTo(Shape target) {
        Tensor x = self();
        if (x.shape().equals(target)) {
            return x;
        }
        int added = x.rank() - target.rank();
        int[] axes = new int[x.rank()];
        int count = 0;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (axis < added || target.size(axis - added) == 1 && x.size(axis) != 1) {
                axes[count++] = axis;
            }
        }
        Tensor summed = count == 0 ? x : x.sumKeeping(Arrays.copyOf(axes, count));
        return summed.reshape(target);
    }

    /** Returns the mean over axes. */
    default Tensor mean(int... axes) {
        return drop(meanKeeping(axes), axes);
    }

    /** Returns the mean over axes, which stay with size 1. */
    default Tensor meanKeeping(int... axes) {
        Tensor x = Autocast.high(self().floating("mean"));
        return x.sumKeeping(axes).mul(1.0 / count(axes));
    }

    /** Returns the product over axes. */
    default Tensor prod(int... axes) {
        return drop(prodKeeping(axes), axes);
    }

    /** Returns the product over axes, which stay with size 1. */
    default Tensor prodKeeping(int... axes) {
        return reduce(ReduceOp.PRODUCT, axes);
    }

    /** Returns the largest over axes; its gradient is shared equally among equals. */
    default Tensor amax(int... axes) {
        return drop(amaxKeeping(axes), axes);
    }

    /** Returns the largest over axes, which stay with size 1. */
    default Tensor amaxKeeping(int... axes) {
        return reduce(ReduceOp.MAXIMUM, axes);
    }

    /** Returns the smallest over axes; its gradient is shared equally among equals. */
    default Tensor amin(int... axes) {
        return drop(aminKeeping(axes), axes);
    }

    /** Returns the smallest over axes, which stay with size 1. */
    default Tensor aminKeeping(int... axes) {
        return reduce(ReduceOp.MINIMUM, axes);
    }

    /** Returns the {@code I64} positions of the (first) largest along an axis. */
    default Tensor argmax(int axis) {
        return drop(reduce(ReduceOp.ARGMAX, axis), axis);
    }

    /** Returns the {@code I64} positions of the (first) smallest along an axis. */
    default Tensor argmin(int axis) {
        return drop(reduce(ReduceOp.ARGMIN, axis), axis);
    }

    /** Returns whether any element is true (or not 0), over axes. */
    default Tensor any(int... axes) {
        return self().ne(0).to(DType.I32).amax(axes).ne(0);
    }

    /** Returns whether all elements are true (or not 0), over axes. */
    default Tensor all(int... axes) {
        return self().ne(0).to(DType.I32).amin(axes).ne(0);
    }

    /** Returns the unbiased variance (divided by n - 1) over axes. */
    default Tensor var(int... axes) {
        return drop(varKeeping(1, axes), axes);
    }

    /**
     * Returns the variance over axes, which stay with size 1.
     *
     * @param correction subtracted from the count in the divisor: 1 for unbiased, 0 for biased
     */
    default Tensor varKeeping(int correction, int... axes) {
        Tensor x = Autocast.high(self().floating("var"));
        Tensor centered = x.sub(x.meanKeeping(axes));
        return centered.square().sumKeeping(axes).mul(1.0 / Math.max(count(axes) - correction, 0));
    }

    /** Returns the unbiased standard deviation over axes. */
    default Tensor std(int... axes) {
        return var(axes).sqrt();
    }

    /** Returns the Euclidean norm over axes; its gradient at 0 is 0. */
    default Tensor norm(int... axes) {
        Tensor squares = Autocast.high(self().floating("norm")).square().sum(axes);
        return squares.eq(0).where(squares.zerosLike(), squares.eq(0).where(1, squares).sqrt());
    }

    /** Returns the logarithm of the sum of exponentials over axes, without overflow. */
    default Tensor logSumExp(int... axes) {
        return drop(logSumExpKeeping(axes), axes);
    }

    /** Returns the logarithm of the sum of exponentials over axes, which stay with size 1. */
    default Tensor logSumExpKeeping(int... axes) {
        Tensor x = Autocast.high(self().floating("logSumExp"));
        Tensor peak = Autograd.withoutGradients(() -> x.detach().amaxKeeping(axes));
        Tensor shift = peak.isFinite().where(peak, 0);
        return x.sub(shift).exp().sumKeeping(axes).log().add(shift);
    }

    private Tensor drop(Tensor kept, int... axes) {
        return kept.reshape(self().shape().without(axes));
    }

    private long count(int... axes) {
        long count = 1;
        for (int axis : self().shape().axes(axes)) {
            count *= self().size(axis);
        }
        return count;
    }

    private Tensor reduce(ReduceOp op, int... axes) {
        boolean additive = op == ReduceOp.SUM || op == ReduceOp.PRODUCT;
        Tensor x = additive ? Autocast.high(self()) : self();
        Shape shape = x.shape();
        String name = op.name().toLowerCase(Locale.ROOT);
        int[] reduced = Checks.of(name, () -> shape.axes(axes));
        Shape result = shape.keeping(reduced);
        if (!additive && shape.elements() == 0 && result.elements() > 0) {
            throw new TensorException(name + ": no elements have no extremum, in shape " + shape);
        }
        boolean counts = additive && !x.dtype().isFloating();
        DType type = op.isPosition() || counts ? DType.I64 : x.dtype();
        Tensor source = counts ? x.to(DType.I64) : x;
        if (reduced.length == 0 && !op.isPosition()) {
            return source;
        }
        Value value = Value.allocate(x.device(), type, result);
        Fusion.reduce(op, source.value(), source.dtype(), value.view(), reduced);
        return Tensor.over(value, null).recorded(new Operation.Reduce(op, reduced, shape), source);
    }
}
