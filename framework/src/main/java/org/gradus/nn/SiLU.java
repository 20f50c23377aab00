package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code x * sigmoid(x)}; see {@link Tensor#silu}. */
public final class SiLU extends Layer {
    /** Creates the layer. */
    public SiLU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.silu();
    }
}
