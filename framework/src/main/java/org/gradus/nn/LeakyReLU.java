package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code x > 0 ? x : slope * x}; see {@link Tensor#leakyRelu}. */
public final class LeakyReLU extends Layer {
    private final double slope;

    /** Creates the layer with a slope of 0.01. */
    public LeakyReLU() {
        this(0.01);
    }

    /** Creates the layer with the given slope. */
    public LeakyReLU(double slope) {
        this.slope = slope;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.leakyRelu(slope);
    }

    @Override
    public String toString() {
        return "LeakyReLU(" + slope + ")";
    }
}
