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
        return (roundsUp ? extended(x) : x).maxPool(window());
    }

    /** Returns an image with what the last windows lack: minus infinity, which never wins. */
    private Tensor extended(Tensor x) {
        Window w = window();
        int axes = w.rank();
        if (x.rank() != axes + 2) {
            return x;
        }
        int[] widths = new int[2 * axes];
        for (int i = 0; i < axes; i++) {
            int size = x.size(i + 2);
            int padding = w.padding()[i];
            int stride = w.stride()[i];
            int reach = w.dilation()[i] * (w.kernel()[i] - 1) + 1;
            int steps = Math.ceilDiv(size + 2 * padding - reach, stride);
            // a window that begins in the padding after the end sees nothing
            steps = steps * stride >= size + padding ? steps - 1 : steps;
            int missing = steps * stride + reach - size - 2 * padding;
            widths[2 * (axes - 1 - i) + 1] = Math.max(missing, 0);
        }
        return x.pad(Double.NEGATIVE_INFINITY, widths);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName()
                + "("
                + windowText(window().kernel()[0])
                + (roundsUp ? ", rounding up)" : ")");
    }
}
