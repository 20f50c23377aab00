package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** The logarithm of the sigmoid; see {@link Tensor#logSigmoid}. */
public final class LogSigmoid extends Layer {
    /** Creates the layer. */
    public LogSigmoid() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.logSigmoid();
    }
}
