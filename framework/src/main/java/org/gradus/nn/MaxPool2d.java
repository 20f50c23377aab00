package org.gradus.nn;

import org.gradus.device.Window;

/** {@link MaxPooling} over {@code [batch, channels, height, width]}. */
public final class MaxPool2d extends MaxPooling<MaxPool2d> {
    /** Creates a layer whose windows of the given size lie side by side. */
    public MaxPool2d(int... kernel) {
        this(tiles(2, kernel), false);
    }

    private MaxPool2d(Window window, boolean roundsUp) {
        super(window, roundsUp);
    }

    @Override
    MaxPool2d with(Window window, boolean roundsUp) {
        return new MaxPool2d(window, roundsUp);
    }
}
