package org.gradus.nn;

import org.gradus.tensor.Autocast;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The loss of pairs of embeddings by their Euclidean distance d (Hadsell et al., 2006): {@code d^2
 * / 2} for similar pairs and {@code max(0, margin - d)^2 / 2} for others.
 *
 * @param margin the distance from which dissimilar pairs cost nothing
 * @param reduction what is made of the losses of the pairs
 */
public record Contrastive(double margin, Reduction reduction) {
    /** Checks the settings. */
    public Contrastive {
        if (!(margin > 0)) {
            throw new IllegalArgumentException(
                    "contrastive: the margin is " + margin + "; it must be more than 0");
        }
    }

    /** Returns the loss with a margin; the mean over the pairs. */
    public static Contrastive withMargin(double margin) {
        return new Contrastive(margin, Reduction.MEAN);
    }

    /** Returns this loss with another reduction. */
    public Contrastive withReduction(Reduction other) {
        return new Contrastive(margin, other);
    }

    /**
     * Returns the loss.
     *
     * @param first embeddings {@code [batch, size]}
     * @param second of that shape
     * @param similar {@code [batch]}: 1 (or true) for similar pairs, 0 for others
     * @throws TensorException if the shapes do not fit
     */
    public Tensor of(Tensor first, Tensor second, Tensor similar) {
        if (first.rank() != 2
                || !first.shape().equals(second.shape())
                || !similar.shape().equals(first.shape().without(1))) {
            throw new TensorException(
                    ("contrastive: embeddings of shapes %s and %s and a target of shape %s do not"
                                    + " fit; give two [batch, size] and [batch]")
                            .formatted(first.shape(), second.shape(), similar.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor difference = Autocast.high(first).sub(Autocast.high(second));
                    Tensor near = difference.square().sum(1);
                    Tensor far = difference.norm(1).rsub(margin).relu().square();
                    return reduction.of(similar.ne(0).where(near, far).mul(0.5));
                });
    }
}
