package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Sets elements to 0 with a probability while training, and scales the others up to keep the mean
 * (Srivastava et al., 2014). Does nothing in evaluation mode. The numbers come from a generator of
 * this layer, seeded with the model.
 */
public final class Dropout extends Layer {
    private final double probability;
    private final RandomStream random = randomStream("generator");

    /** Creates the layer for the given probability of 0, between 0 and 1. */
    public Dropout(double probability) {
        this.probability = Arguments.probability("Dropout", probability);
    }

    @Override
    protected Tensor forward(Tensor x) {
        boolean drops = isTraining() && probability > 0;
        return drops ? random.generator().dropout(x, probability) : x;
    }

    @Override
    public String toString() {
        return "Dropout(" + probability + ")";
    }
}
