package org.gradus.nn;

import org.gradus.tensor.Autocast;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The loss of embeddings that asks an anchor to be closer to a similar sample than to another, by a
 * margin (Schroff et al., 2015): {@code max(0, d(anchor, positive) - d(anchor, negative) + margin)}
 * with Euclidean distances, as PyTorch's {@code triplet_margin_loss}.
 *
 * @param margin by how much the positive must be closer
 * @param swap whether the distance of positive and negative counts where it is smaller than that of
 *     anchor and negative (Balntas et al., 2016)
 * @param reduction what is made of the losses of the triplets
 */
public record TripletMargin(double margin, boolean swap, Reduction reduction) {
    /** Added to differences, so that the distance of equal embeddings has a gradient; PyTorch's. */
    private static final double EPSILON = 1e-6;

    /** Checks the settings. */
    public TripletMargin {
        if (!(margin > 0)) {
            throw new IllegalArgumentException(
                    "tripletMargin: the margin is " + margin + "; it must be more than 0");
        }
    }

    /** Returns the loss with a margin, without swapping; the mean over the triplets. */
    public static TripletMargin withMargin(double margin) {
        return new TripletMargin(margin, false, Reduction.MEAN);
    }

    /** Returns this loss with the smaller of the negative's distances. */
    public TripletMargin swapping() {
        return new TripletMargin(margin, true, reduction);
    }

    /** Returns this loss with another reduction. */
    public TripletMargin withReduction(Reduction other) {
        return new TripletMargin(margin, swap, other);
    }

    /**
     * Returns the loss of embeddings {@code [batch, size]}.
     *
     * @throws TensorException if their shapes differ
     */
    public Tensor of(Tensor anchor, Tensor positive, Tensor negative) {
        if (!anchor.shape().equals(positive.shape())
                || !anchor.shape().equals(negative.shape())
                || anchor.rank() == 0) {
            throw new TensorException(
                    ("tripletMargin: embeddings of shapes %s, %s and %s; give three of one shape"
                                    + " [batch, size]")
                            .formatted(anchor.shape(), positive.shape(), negative.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor far = distance(anchor, negative);
                    far = swap ? far.minimum(distance(positive, negative)) : far;
                    Tensor near = distance(anchor, positive);
                    return reduction.of(near.sub(far).add(margin).relu());
                });
    }

    private static Tensor distance(Tensor a, Tensor b) {
        return Autocast.high(a).sub(Autocast.high(b)).add(EPSILON).norm(-1);
    }
}
