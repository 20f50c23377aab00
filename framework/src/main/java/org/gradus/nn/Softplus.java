package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code log(1 + exp(x))}; see {@link Tensor#softplus}. */
public final class Softplus extends Layer {
    /** Creates the layer. */
    public Softplus() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.softplus();
    }
}
