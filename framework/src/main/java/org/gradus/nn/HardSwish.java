package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code x * relu6(x + 3) / 6}; see {@link Tensor#hardSwish}. */
public final class HardSwish extends Layer {
    /** Creates the layer. */
    public HardSwish() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.hardSwish();
    }
}
