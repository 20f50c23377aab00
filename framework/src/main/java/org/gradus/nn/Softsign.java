package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code x / (1 + |x|)}; see {@link Tensor#softsign}. */
public final class Softsign extends Layer {
    /** Creates the layer. */
    public Softsign() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.softsign();
    }
}
