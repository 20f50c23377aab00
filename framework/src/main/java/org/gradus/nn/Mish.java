package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code x * tanh(softplus(x))}; see {@link Tensor#mish}. */
public final class Mish extends Layer {
    /** Creates the layer. */
    public Mish() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.mish();
    }
}
