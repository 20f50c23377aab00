package org.gradus.nn;

import org.gradus.device.Window;
import org.gradus.tensor.Tensor;

/**
 * The mean of each window over 1 to 3 spatial axes of {@code [batch, channels, spatial...]}. The
 * stride is the size of the window unless set.
 *
 * @param <L> the layer
 */
public abstract sealed class AveragePooling<L extends AveragePooling<L>> extends Windowed<L>
        permits AvgPool1d, AvgPool2d, AvgPool3d {
    private final boolean countsPadding;

    AveragePooling(Window window, boolean countsPadding) {
        super(window);
        this.countsPadding = countsPadding;
    }

    abstract L with(Window window, boolean countsPadding);

    @Override
    final L with(Window other) {
        return with(other, countsPadding);
    }

    /** Returns a layer like this one whose divisors count only elements inside the image. */
    public final L withoutCountingPadding() {
        requireUnused();
        return with(window(), false);
    }

    @Override
    protected final Tensor forward(Tensor x) {
        return x.averagePool(window(), countsPadding);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "(" + windowText(window().kernel()[0]) + ")";
    }
}
