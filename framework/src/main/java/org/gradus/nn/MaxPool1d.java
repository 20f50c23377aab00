package org.gradus.nn;

import org.gradus.device.Window;

/** {@link MaxPooling} over {@code [batch, channels, length]}. */
public final class MaxPool1d extends MaxPooling<MaxPool1d> {
    /** Creates a layer whose windows of the given size lie side by side. */
    public MaxPool1d(int... kernel) {
        this(tiles(1, kernel), false);
    }

    private MaxPool1d(Window window, boolean roundsUp) {
        super(window, roundsUp);
    }

    @Override
    MaxPool1d with(Window window, boolean roundsUp) {
        return new MaxPool1d(window, roundsUp);
    }
}
