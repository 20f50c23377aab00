package org.gradus.nn;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Sets whole channels of {@code [batch, channels, ...]} to 0 with a probability while training, and
 * scales the others up to keep the mean (Tompson et al., 2015): PyTorch's {@code Dropout1d} to
 * {@code Dropout3d}. Does nothing in evaluation mode.
 */
public final class ChannelDropout extends Layer {
    private final double probability;
    private final RandomStream random = randomStream("generator");

    /** Creates the layer for the given probability of 0, between 0 and 1. */
    public ChannelDropout(double probability) {
        this.probability = Arguments.probability("ChannelDropout", probability);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!isTraining() || probability == 0) {
            return x;
        }
        if (x.rank() < 3) {
            throw new TensorException(
                    "channel dropout: an input of shape %s is not [batch, channels, spatial...]"
                            .formatted(x.shape()));
        }
        Shape channels = Shape.of(x.size(0), x.size(1));
        for (int axis = 2; axis < x.rank(); axis++) {
            channels = channels.insert(axis, 1);
        }
        Tensor ones = Tensor.ones(x.device(), DType.F32, channels).to(x.dtype());
        return x.mul(random.generator().dropout(ones, probability));
    }

    @Override
    public String toString() {
        return "ChannelDropout(" + probability + ")";
    }
}
