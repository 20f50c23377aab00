package org.gradus.nn;

import org.gradus.tensor.Autocast;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The loss of pairs of embeddings by the cosine of their angle, as PyTorch's {@code
 * cosine_embedding_loss}: {@code 1 - cos} for similar pairs and {@code max(0, cos - margin)} for
 * others.
 *
 * @param margin the cosine up to which dissimilar pairs cost nothing, -1 to 1
 * @param reduction what is made of the losses of the pairs
 */
public record CosineEmbedding(double margin, Reduction reduction) {
    /** Added to squared lengths, so that a zero vector is not divided by; PyTorch's. */
    private static final double EPSILON = 1e-12;

    /** Checks the settings. */
    public CosineEmbedding {
        if (!(margin >= -1 && margin <= 1)) {
            throw new IllegalArgumentException(
                    "cosineEmbedding: the margin is " + margin + "; it must be from -1 to 1");
        }
    }

    /** Returns the loss with a margin; the mean over the pairs. */
    public static CosineEmbedding withMargin(double margin) {
        return new CosineEmbedding(margin, Reduction.MEAN);
    }

    /** Returns this loss with another reduction. */
    public CosineEmbedding withReduction(Reduction other) {
        return new CosineEmbedding(margin, other);
    }

    /**
     * Returns the loss.
     *
     * @param first embeddings {@code [batch, size]}
     * @param second of that shape
     * @param target {@code [batch]}: 1 for similar pairs, -1 for others
     * @throws TensorException if the shapes do not fit
     */
    public Tensor of(Tensor first, Tensor second, Tensor target) {
        if (first.rank() != 2
                || !first.shape().equals(second.shape())
                || !target.shape().equals(first.shape().without(1))) {
            throw new TensorException(
                    ("cosineEmbedding: embeddings of shapes %s and %s and a target of shape %s do"
                                    + " not fit; give two [batch, size] and [batch]")
                            .formatted(first.shape(), second.shape(), target.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor a = Autocast.high(first);
                    Tensor b = Autocast.high(second);
                    Tensor lengths = squared(a).mul(squared(b)).sqrt();
                    Tensor cosine = a.mul(b).sum(1).div(lengths);
                    Tensor apart = target.eq(-1).where(cosine.sub(margin).relu(), 0);
                    return reduction.of(target.eq(1).where(cosine.rsub(1), apart));
                });
    }

    private static Tensor squared(Tensor x) {
        return x.square().sum(1).add(EPSILON);
    }
}
