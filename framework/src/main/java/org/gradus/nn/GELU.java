package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** The Gaussian error linear unit; see {@link Tensor#gelu}. */
public final class GELU extends Layer {
    private final boolean approximate;

    /** Creates the exact function, by the error function. */
    public GELU() {
        this(false);
    }

    private GELU(boolean approximate) {
        this.approximate = approximate;
    }

    /** Returns the approximation by the hyperbolic tangent, as GPT-2 has it. */
    public static GELU tanh() {
        return new GELU(true);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return approximate ? x.geluTanh() : x.gelu();
    }

    @Override
    public String toString() {
        return approximate ? "GELU(tanh)" : "GELU";
    }
}
