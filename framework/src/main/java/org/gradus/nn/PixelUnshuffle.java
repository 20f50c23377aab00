package org.gradus.nn;

import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Makes images smaller by putting pixels into channels, the inverse of {@link PixelShuffle}: {@code
 * [batch, channels, height * factor, width * factor]} to {@code [batch, channels * factor^2,
 * height, width]}.
 */
public final class PixelUnshuffle extends Layer {
    private final int factor;

    /** Creates the layer for a factor. */
    public PixelUnshuffle(int factor) {
        this.factor = Arguments.positive("PixelUnshuffle", "the factor", factor);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 4 || x.size(2) % factor != 0 || x.size(3) % factor != 0) {
            throw new TensorException(
                    ("pixelUnshuffle: an input of shape %s is not [batch, channels,"
                                    + " height, width] with sizes divisible by %d")
                            .formatted(x.shape(), factor));
        }
        int height = x.size(2) / factor;
        int width = x.size(3) / factor;
        return x.reshape(x.size(0), x.size(1), height, factor, width, factor)
                .permute(0, 1, 3, 5, 2, 4)
                .reshape(x.size(0), x.size(1) * factor * factor, height, width);
    }

    @Override
    public String toString() {
        return "PixelUnshuffle(" + factor + ")";
    }
}
