package org.gradus.nn;

import org.gradus.device.Window;

/** A {@link Convolution} over {@code [batch, channels, length]}. */
public final class Conv1d extends Convolution<Conv1d> {
    /**
     * Creates a layer with stride 1, no padding and a bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel the length of the window
     */
    public Conv1d(int in, int out, int... kernel) {
        this(window(1, kernel), settings("Conv1d", in, out));
    }

    private Conv1d(Window window, Settings settings) {
        super(window, settings);
    }

    @Override
    Conv1d with(Window window, Settings settings) {
        return new Conv1d(window, settings);
    }
}
