package org.gradus.nn;

import org.gradus.device.Window;

/** A {@link Convolution} over {@code [batch, channels, depth, height, width]}. */
public final class Conv3d extends Convolution<Conv3d> {
    /**
     * Creates a layer with stride 1, no padding and a bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel the size of the window: one number, or 3
     */
    public Conv3d(int in, int out, int... kernel) {
        this(window(3, kernel), settings("Conv3d", in, out));
    }

    private Conv3d(Window window, Settings settings) {
        super(window, settings);
    }

    @Override
    Conv3d with(Window window, Settings settings) {
        return new Conv3d(window, settings);
    }
}
