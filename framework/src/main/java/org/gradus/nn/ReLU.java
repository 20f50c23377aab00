package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code max(x, 0)}; see {@link Tensor#relu}. */
public final class ReLU extends Layer {
    /** Creates the layer. */
    public ReLU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.relu();
    }
}
