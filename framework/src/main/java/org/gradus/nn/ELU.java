package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code x > 0 ? x : alpha * (exp(x) - 1)}; see {@link Tensor#elu}. */
public final class ELU extends Layer {
    private final double alpha;

    /** Creates the layer with a alpha of 1. */
    public ELU() {
        this(1);
    }

    /** Creates the layer with the given alpha. */
    public ELU(double alpha) {
        this.alpha = alpha;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.elu(alpha);
    }

    @Override
    public String toString() {
        return "ELU(" + alpha + ")";
    }
}
