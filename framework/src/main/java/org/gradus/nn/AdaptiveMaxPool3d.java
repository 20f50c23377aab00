package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Maxima over as equal parts of {@code [batch, channels, depth, height, width]} as can be, so many
 * along each spatial axis, whatever the size of the image. One part is global maximum pooling.
 */
public final class AdaptiveMaxPool3d extends Layer {
    private final int[] sizes;

    /** Creates a layer for the given output size: one number, or 3. */
    public AdaptiveMaxPool3d(int... sizes) {
        this.sizes = Arguments.perAxis("sizes", 3, sizes);
        for (int size : sizes) {
            Arguments.positive("AdaptiveMaxPool3d", "an output size", size);
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        return AdaptiveMaximum.of(x, sizes);
    }

    @Override
    public String toString() {
        return "AdaptiveMaxPool3d(" + Arguments.text(sizes) + ")";
    }
}
