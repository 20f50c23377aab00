package org.gradus.nn;

import org.gradus.device.Window;

/** {@link MaxPooling} over {@code [batch, channels, depth, height, width]}. */
public final class MaxPool3d extends MaxPooling<MaxPool3d> {
    /** Creates a layer whose windows of the given size lie side by side. */
    public MaxPool3d(int... kernel) {
        this(tiles(3, kernel), false);
    }

    private MaxPool3d(Window window, boolean roundsUp) {
        super(window, roundsUp);
    }

    @Override
    MaxPool3d with(Window window, boolean roundsUp) {
        return new MaxPool3d(window, roundsUp);
    }
}
