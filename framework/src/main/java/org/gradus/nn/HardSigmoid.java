package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code relu6(x + 3) / 6}; see {@link Tensor#hardSigmoid}. */
public final class HardSigmoid extends Layer {
    /** Creates the layer. */
    public HardSigmoid() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.hardSigmoid();
    }
}
