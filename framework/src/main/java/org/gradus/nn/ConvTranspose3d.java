package org.gradus.nn;

import org.gradus.device.Window;

/** A {@link TransposedConvolution} over {@code [batch, channels, depth, height, width]}. */
public final class ConvTranspose3d extends TransposedConvolution<ConvTranspose3d> {
    /**
     * Creates a layer with stride 1, no padding and a bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel the size of the window: one number, or 3
     */
    public ConvTranspose3d(int in, int out, int... kernel) {
        this(window(3, kernel), settings("ConvTranspose3d", 3, in, out));
    }

    private ConvTranspose3d(Window window, Settings settings) {
        super(window, settings);
    }

    @Override
    ConvTranspose3d with(Window window, Settings settings) {
        return new ConvTranspose3d(window, settings);
    }
}
