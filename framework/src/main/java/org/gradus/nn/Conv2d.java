package org.gradus.nn;

import org.gradus.device.Window;

/** A {@link Convolution} over {@code [batch, channels, height, width]}. */
public final class Conv2d extends Convolution<Conv2d> {
    /**
     * Creates a layer with stride 1, no padding and a bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel the size of the window: one number, or 2
     */
    public Conv2d(int in, int out, int... kernel) {
        this(window(2, kernel), settings("Conv2d", in, out));
    }

    private Conv2d(Window window, Settings settings) {
        super(window, settings);
    }

    @Override
    Conv2d with(Window window, Settings settings) {
        return new Conv2d(window, settings);
    }
}
