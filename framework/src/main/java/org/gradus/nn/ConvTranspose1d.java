package org.gradus.nn;

import org.gradus.device.Window;

/** A {@link TransposedConvolution} over {@code [batch, channels, length]}. */
public final class ConvTranspose1d extends TransposedConvolution<ConvTranspose1d> {
    /**
     * Creates a layer with stride 1, no padding and a bias.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel the length of the window
     */
    public ConvTranspose1d(int in, int out, int... kernel) {
        this(window(1, kernel), settings("ConvTranspose1d", 1, in, out));
    }

    private ConvTranspose1d(Window window, Settings settings) {
        super(window, settings);
    }

    @Override
    ConvTranspose1d with(Window window, Settings settings) {
        return new ConvTranspose1d(window, settings);
    }
}
