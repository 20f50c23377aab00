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
    private final Parameter weight;
    private final Parameter bias;

    /** Creates a layer with a bias. */
    public Linear(int in, int out) {
        this(in, out, true);
    }

    private Linear(int in, int out, boolean hasBias) {
        this.in = Arguments.positive("Linear", "in", in);
        this.out = Arguments.positive("Linear", "out", out);
        weight = parameter("weight", Shape.of(out, in), Initializer.kaimingUniform(Math.sqrt(5)));
        bias =
                hasBias
                        ? parameter("bias", Shape.of(out), Initializer.uniform(1 / Math.sqrt(in)))
                        : null;
    }

    /** Returns a layer like this one that only multiplies. */
    public Linear withoutBias() {
        requireUnused();
        return new Linear(in, out, false);
    }

    /** Returns {@code [out, in]}. */
    public Parameter weight() {
        return weight;
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
        return "Linear(" + in + ", " + out + (bias == null ? ", no bias" : "") + ")";
    }
}
