package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** The hyperbolic tangent; see {@link Tensor#tanh}. */
public final class Tanh extends Layer {
    /** Creates the layer. */
    public Tanh() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.tanh();
    }
}
