package org.gradus.nn;

import org.gradus.device.Window;

/** {@link AveragePooling} over {@code [batch, channels, height, width]}. */
public final class AvgPool2d extends AveragePooling<AvgPool2d> {
    /** Creates a layer whose windows of the given size lie side by side. */
    public AvgPool2d(int... kernel) {
        this(tiles(2, kernel), true, false);
    }

    private AvgPool2d(Window window, boolean countsPadding, boolean roundsUp) {
        super(window, countsPadding, roundsUp);
    }

    @Override
    AvgPool2d with(Window window, boolean countsPadding, boolean roundsUp) {
        return new AvgPool2d(window, countsPadding, roundsUp);
    }
}
