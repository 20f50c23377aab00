package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** The scaled exponential linear unit; see {@link Tensor#selu}. */
public final class SELU extends Layer {
    /** Creates the layer. */
    public SELU() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.selu();
    }
}
