package org.gradus.nn;

import org.gradus.device.Window;

/** A {@link TransposedConvolution} over {@code [batch, channels, height, width]}. */
public final class ConvTranspose2d extends TransposedConvolution<ConvTranspose2d> {
    /**
     * Creates a layer with stride 1, no padding and a bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel the size of the window: one number, or 2
     */
    public ConvTranspose2d(int in, int out, int... kernel) {
        this(window(2, kernel), settings("ConvTranspose2d", 2, in, out));
    }

    private ConvTranspose2d(Window window, Settings settings) {
        super(window, settings);
    }

    @Override
    ConvTranspose2d with(Window window, Settings settings) {
        return new ConvTranspose2d(window, settings);
    }
}
