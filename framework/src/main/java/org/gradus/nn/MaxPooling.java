package org.gradus.nn;

import org.gradus.device.Window;
import org.gradus.tensor.Tensor;

/**
 * The maximum of each window over 1 to 3 spatial axes of {@code [batch, channels, spatial...]};
 * padding never wins. The stride is the size of the window unless set.
 *
 * @param <L> the layer
 */
public abstract sealed class MaxPooling<L extends MaxPooling<L>> extends Windowed<L>
        permits MaxPool1d, MaxPool2d, MaxPool3d {
    MaxPooling(Window window) {
        super(window);
    }

    /** Returns a layer like this one with another distance between the elements of the window. */
    public final L dilation(int... dilation) {
        return withDilation(dilation);
    }

    @Override
    protected final Tensor forward(Tensor x) {
        return x.maxPool(window());
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "(" + windowText(window().kernel()[0]) + ")";
    }
}
