package org.gradus.nn;

import org.gradus.expr.Activations;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;

/** {@code x > 0 ? x : weight * x} with a weight that is learned (He et al., 2015). */
public final class PReLU extends Layer {
    private final Parameter weight;

    /** Creates the layer with one weight for all elements, 0.25 at first. */
    public PReLU() {
        this(1, 0.25);
    }

    /**
     * Creates the layer.
     *
     * @param channels the size of axis 1, each with a weight of its own, or 1
     * @param initial the first value of the weights
     */
    public PReLU(int channels, double initial) {
        weight = parameter("weight", Shape.of(channels), Initializer.constant(initial));
    }

    @Override
    protected Tensor forward(Tensor x) {
        boolean shared = weight.shape().size(0) == 1;
        Tensor slopes = shared ? weight.value() : Channels.along(weight.value(), x.rank());
        return x.map(Activations.PRELU, slopes);
    }
}
