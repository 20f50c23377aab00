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
    private final boolean roundsUp;

    MaxPooling(Window window, boolean roundsUp) {
        super(window);
        this.roundsUp = roundsUp;
    }

    abstract L with(Window window, boolean roundsUp);

    @Override
    final L with(Window other) {
        return with(other, roundsUp);
    }

    /**
     * Returns a layer like this one with a last window that reaches over the end where the others
     * leave something out (PyTorch's {@code ceil_mode}).
     */
    public final L roundingUp() {
        requireUnused();
        return with(window(), true);
    }

    /** Returns a layer like this one with another distance between the elements of the window. */
    public final L dilation(int... dilation) {
        return withDilation(dilation);
    }

    @Override
    protected final Tensor forward(Tensor x) {
        if (!roundsUp || x.rank() != window().rank() + 2) {
            return x.maxPool(window());
        }
        // minus infinity never wins
        return extended(x, missing(x), Double.NEGATIVE_INFINITY).maxPool(window());
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName()
                + "("
                + windowText(window().kernel()[0])
                + (roundsUp ? ", rounding up)" : ")");
    }
}
