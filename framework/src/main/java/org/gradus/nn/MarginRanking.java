package org.gradus.nn;

import org.gradus.tensor.Autocast;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The loss of pairs of scores that asks one to be higher than the other by a margin: {@code max(0,
 * -target * (first - second) + margin)}, as PyTorch's {@code margin_ranking_loss}.
 *
 * @param margin by how much the right one must be higher, 0 or more
 * @param reduction what is made of the losses of the pairs
 */
public record MarginRanking(double margin, Reduction reduction) {
    /** Checks the settings. */
    public MarginRanking {
        if (!(margin >= 0)) {
            throw new IllegalArgumentException(
                    "marginRanking: the margin is " + margin + "; it must be at least 0");
        }
    }

    /** Returns the loss with a margin; the mean over the pairs. */
    public static MarginRanking withMargin(double margin) {
        return new MarginRanking(margin, Reduction.MEAN);
    }

    /** Returns this loss with another reduction. */
    public MarginRanking withReduction(Reduction other) {
        return new MarginRanking(margin, other);
    }

    /**
     * Returns the loss of three tensors of one shape.
     *
     * @param target 1 where the first score should be higher, -1 where the second should
     * @throws TensorException if the shapes differ
     */
    public Tensor of(Tensor first, Tensor second, Tensor target) {
        if (!first.shape().equals(second.shape()) || !first.shape().equals(target.shape())) {
            throw new TensorException(
                    ("marginRanking: scores of shapes %s and %s and a target of shape %s; give"
                                    + " three of one shape")
                            .formatted(first.shape(), second.shape(), target.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor difference = Autocast.high(first).sub(Autocast.high(second));
                    Tensor lead = difference.mul(target.to(difference.dtype()));
                    return reduction.of(lead.rsub(margin).relu());
                });
    }
}
