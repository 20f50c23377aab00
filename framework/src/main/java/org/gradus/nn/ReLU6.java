package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** x limited to [0, 6]; see {@link Tensor#relu6}. */
public final class ReLU6 extends Layer {
    /** Creates the layer. */
    public ReLU6() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.relu6();
    }
}
