package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Probabilities along an axis; see {@link Tensor#softmax}. Not before a cross-entropy loss, which
 * takes logits.
 */
public final class Softmax extends Layer {
    private final int axis;

    /** Creates the layer with the given axis. */
    public Softmax(int axis) {
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.softmax(axis);
    }

    @Override
    public String toString() {
        return "Softmax(" + axis + ")";
    }
}
