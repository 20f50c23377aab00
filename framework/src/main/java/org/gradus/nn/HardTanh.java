package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** x limited to [-1, 1]; see {@link Tensor#hardTanh}. */
public final class HardTanh extends Layer {
    /** Creates the layer. */
    public HardTanh() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.hardTanh();
    }
}
