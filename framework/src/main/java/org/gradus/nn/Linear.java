package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/**
 * {@code x @ weight^T + bias} over the last axis: {@code [..., in]} to {@code [..., out]}.
 * Parameters: {@code weight [out, in]} and {@code bias [out]}, both uniform with the bound {@code 1
 * / sqrt(in)} at first.
 */
public final class Linear extends Layer {
    private final int in;
    private final int out;
    private final Weight weight;
    private final Parameter bias;

    /** Creates a layer with a bias. */
    public Linear(int in, int out) {
        this(in, out, true, false);
    }

    private Linear(int in, int out, boolean hasBias, boolean spectral) {
        this.in = Arguments.positive("Linear", "in", in);
        this.out = Arguments.positive("Linear", "out", out);
        Shape shape = Shape.of(out, in);
        if (spectral) {
            // PyTorch's order
            bias = bias(hasBias);
            weight = Weight.spectral(this, shape, 0);
        } else {
            weight = Weight.plain(this, shape);
            bias = bias(hasBias);
        }
    }

    private Parameter bias(boolean wanted) {
        Initializer uniform = Initializer.uniform(1 / Math.sqrt(in));
        return wanted ? parameter("bias", Shape.of(out), uniform) : null;
    }

    /** Returns a layer like this one that only multiplies. */
    public Linear withoutBias() {
        requireUnused();
        return new Linear(in, out, false, weight.isSpectral());
    }

    /**
     * Returns a layer like this one that divides its weight by its largest singular value, found by
     * power iteration (Miyato et al., 2018): one step of it in each forward pass of training, as
     * PyTorch's {@code spectral_norm}. The parameter is then called {@code weight_orig}; buffers
     * are the singular vectors {@code weight_u} and {@code weight_v}.
     */
    public Linear spectralNorm() {
        requireUnused();
        return new Linear(in, out, bias != null, true);
    }

    /** Returns {@code [out, in]}. */
    public Parameter weight() {
        return weight.parameter();
    }

    /** Returns {@code [out]}, null for a layer without a bias. */
    public Parameter bias() {
        return bias;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.linear(weight.value(), bias == null ? null : bias.value());
    }

    @Override
    public String toString() {
        return "Linear("
                + in
                + ", "
                + out
                + (bias == null ? ", no bias" : "")
                + (weight.isSpectral() ? ", spectral norm" : "")
                + ")";
    }
}
