package org.gradus.nn;

import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Makes images larger by taking pixels from channels (Shi et al., 2016): {@code [batch, channels *
 * factor^2, height, width]} to {@code [batch, channels, height * factor, width * factor]}.
 */
public final class PixelShuffle extends Layer {
    private final int factor;

    /** Creates the layer for a factor. */
    public PixelShuffle(int factor) {
        this.factor = Arguments.positive("PixelShuffle", "the factor", factor);
    }

    @Override
    protected Tensor forward(Tensor x) {
        int area = factor * factor;
        if (x.rank() != 4 || x.size(1) % area != 0) {
            throw new TensorException(
                    ("pixelShuffle: an input of shape %s is not [batch, %d *"
                                    + " channels, height, width]")
                            .formatted(x.shape(), area));
        }
        int channels = x.size(1) / area;
        return x.reshape(x.size(0), channels, factor, factor, x.size(2), x.size(3))
                .permute(0, 1, 4, 2, 5, 3)
                .reshape(x.size(0), channels, x.size(2) * factor, x.size(3) * factor);
    }

    @Override
    public String toString() {
        return "PixelShuffle(" + factor + ")";
    }
}
