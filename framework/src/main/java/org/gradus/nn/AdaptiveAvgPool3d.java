package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Means over as equal parts of {@code [batch, channels, depth, height, width]} as can be, so many
 * along each spatial axis, whatever the size of the image. One part is global average pooling.
 */
public final class AdaptiveAvgPool3d extends Layer {
    private final int[] sizes;

    /** Creates a layer for the given output size: one number, or 3. */
    public AdaptiveAvgPool3d(int... sizes) {
        this.sizes = Arguments.perAxis("sizes", 3, sizes);
        for (int size : sizes) {
            Arguments.positive("AdaptiveAvgPool3d", "an output size", size);
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.adaptiveAveragePool(sizes);
    }

    @Override
    public String toString() {
        return "AdaptiveAvgPool3d(" + Arguments.text(sizes) + ")";
    }
}
