package org.gradus.nn;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Connectionist temporal classification (Graves et al., 2006): the negative log-likelihood of
 * sequences of labels, summed over all ways to place them in time, with blanks between. The numbers
 * are those of PyTorch's {@code ctc_loss}.
 *
 * <p>The output is log-probabilities {@code [times, batch, classes]}, as {@link LogSoftmax} gives
 * them. Computed in log space by the recursions of the paper (see {@link
 * org.gradus.tensor.Alignments#ctc}); memory is that of {@code [times, batch, 2 * length + 1]} a
 * few times.
 *
 * @param blank the class that means no label
 * @param zeroInfinity whether a target that is too long for its input costs 0 rather than infinity;
 *     its gradient is 0 in both cases
 * @param reduction the mean is taken over the batch after each loss was divided by the length of
 *     its target; {@code BATCH_MEAN} does not divide by that
 */
public record CtcLoss(int blank, boolean zeroInfinity, Reduction reduction) implements Loss {
    static final CtcLoss DEFAULT = new CtcLoss(0, false, Reduction.MEAN);

    /** Checks the settings. */
    public CtcLoss {
        if (blank < 0) {
            throw new IllegalArgumentException(
                    "ctc: the blank is class " + blank + "; classes count from 0");
        }
    }

    /** Returns this loss with another class as the blank. */
    public CtcLoss withBlank(int label) {
        return new CtcLoss(label, zeroInfinity, reduction);
    }

    /** Returns this loss with 0 for targets that cannot be. */
    public CtcLoss withZeroInfinity() {
        return new CtcLoss(blank, true, reduction);
    }

    /** Returns this loss with another reduction. */
    public CtcLoss withReduction(Reduction other) {
        return new CtcLoss(blank, zeroInfinity, other);
    }

    /**
     * Returns the loss of inputs that all are as long as the output.
     *
     * @param target labels {@code [batch, length]} of an integer type; negative ones, at the end,
     *     are padding
     * @throws TensorException if the shapes do not fit
     */
    @Override
    public Tensor of(Tensor output, Tensor target) {
        check(output, target);
        return Scope.compute(
                () -> {
                    Shape batch = Shape.of(target.size(0));
                    Tensor times = Tensor.full(output.device(), DType.I64, batch, output.size(0));
                    return of(output, target, times, target.ge(0).to(DType.I64).sum(1));
                });
    }

    /**
     * Returns the loss of sequences of different lengths.
     *
     * @param output log-probabilities {@code [times, batch, classes]}
     * @param target labels {@code [batch, length]} of an integer type
     * @param inputLengths {@code [batch]}: how many of the times count, of an integer type
     * @param targetLengths {@code [batch]}: how many of the labels count, of an integer type
     * @throws TensorException if the shapes do not fit
     */
    public Tensor of(Tensor output, Tensor target, Tensor inputLengths, Tensor targetLengths) {
        check(output, target);
        Shape batch = Shape.of(target.size(0));
        if (!inputLengths.shape().equals(batch)
                || !targetLengths.shape().equals(batch)
                || inputLengths.dtype().isFloating()
                || targetLengths.dtype().isFloating()) {
            throw new TensorException(
                    "ctc: lengths of %s%s and %s%s; give whole numbers %s, one for each sequence"
                            .formatted(
                                    inputLengths.dtype(),
                                    inputLengths.shape(),
                                    targetLengths.dtype(),
                                    targetLengths.shape(),
                                    batch));
        }
        return Scope.compute(
                () -> {
                    Tensor inputs = inputLengths.to(DType.I64);
                    Tensor targets = targetLengths.to(DType.I64);
                    Tensor losses = output.ctc(target.to(DType.I64), inputs, targets, blank);
                    return reduce(losses, targets);
                });
    }

    private Tensor reduce(Tensor raw, Tensor targets) {
        Tensor losses = zeroInfinity ? raw.eq(Double.POSITIVE_INFINITY).where(0, raw) : raw;
        if (reduction == Reduction.MEAN) {
            Tensor lengths = targets.to(losses.dtype()).clamp(1, Double.POSITIVE_INFINITY);
            return losses.div(lengths).mean();
        }
        return reduction.of(losses);
    }

    private void check(Tensor output, Tensor target) {
        boolean fits =
                output.rank() == 3
                        && target.rank() == 2
                        && output.size(1) == target.size(0)
                        && output.size(0) > 0;
        if (!fits || target.dtype().isFloating()) {
            throw new TensorException(
                    ("ctc: an output of shape %s and a target of %s%s do not fit; give"
                                    + " log-probabilities [times, batch, classes] and"
                                    + " labels [batch, length]")
                            .formatted(output.shape(), target.dtype(), target.shape()));
        }
        if (blank >= output.size(2)) {
            throw new TensorException(
                    ("ctc: the blank is class %d, but the output %s has fewer classes; choose"
                                    + " another with withBlank")
                            .formatted(blank, output.shape()));
        }
    }
}
