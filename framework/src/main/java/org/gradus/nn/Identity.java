package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** Returns its input: a place that another layer may take. */
public final class Identity extends Layer {
    /** Creates the layer. */
    public Identity() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x;
    }
}
