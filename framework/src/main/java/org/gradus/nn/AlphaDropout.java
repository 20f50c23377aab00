package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Dropout that keeps mean and variance of standardized activations, for networks of {@link SELU}
 * (Klambauer et al., 2017): what is dropped is set to the limit of SELU, then all are scaled and
 * shifted. Does nothing in evaluation mode.
 */
public final class AlphaDropout extends Layer {
    /** SELU's limit for minus infinity: its scale times its alpha, negative. */
    private static final double LIMIT = -1.7580993408473766;

    private final double probability;
    private final RandomStream random = randomStream("generator");

    /** Creates the layer for the given probability of dropping, at least 0 and below 1. */
    public AlphaDropout(double probability) {
        this.probability = Arguments.probability("AlphaDropout", probability);
        if (probability == 1) {
            throw new IllegalArgumentException(
                    "AlphaDropout: the probability is 1: nothing would be left");
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!isTraining() || probability == 0) {
            return x;
        }
        double kept = 1 - probability;
        Tensor keeps = random.generator().bernoulli(x.device(), x.shape(), kept).ne(0);
        double scale = 1 / Math.sqrt(kept * (1 + probability * LIMIT * LIMIT));
        return keeps.where(x, LIMIT).mul(scale).add(-scale * LIMIT * probability);
    }

    @Override
    public String toString() {
        return "AlphaDropout(" + probability + ")";
    }
}
