package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** Log-probabilities along an axis; see {@link Tensor#logSoftmax}. */
public final class LogSoftmax extends Layer {
    private final int axis;

    /** Creates the layer with the given axis. */
    public LogSoftmax(int axis) {
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.logSoftmax(axis);
    }

    @Override
    public String toString() {
        return "LogSoftmax(" + axis + ")";
    }
}
