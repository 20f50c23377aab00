package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Means over as equal parts of {@code [batch, channels, length]} as can be, so many along each
 * spatial axis, whatever the size of the image. One part is global average pooling.
 */
public final class AdaptiveAvgPool1d extends Layer {
    private final int[] sizes;

    /** Creates a layer for the given output size. */
    public AdaptiveAvgPool1d(int... sizes) {
        this.sizes = Arguments.perAxis("sizes", 1, sizes);
        for (int size : sizes) {
            Arguments.positive("AdaptiveAvgPool1d", "an output size", size);
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.adaptiveAveragePool(sizes);
    }

    @Override
    public String toString() {
        return "AdaptiveAvgPool1d(" + Arguments.text(sizes) + ")";
    }
}
