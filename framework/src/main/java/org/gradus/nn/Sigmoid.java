package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code 1 / (1 + exp(-x))}; see {@link Tensor#sigmoid}. */
public final class Sigmoid extends Layer {
    /** Creates the layer. */
    public Sigmoid() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.sigmoid();
    }
}
