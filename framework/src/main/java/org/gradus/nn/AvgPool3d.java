package org.gradus.nn;

import org.gradus.device.Window;

/** {@link AveragePooling} over {@code [batch, channels, depth, height, width]}. */
public final class AvgPool3d extends AveragePooling<AvgPool3d> {
    /** Creates a layer whose windows of the given size lie side by side. */
    public AvgPool3d(int... kernel) {
        this(tiles(3, kernel), true, false);
    }

    private AvgPool3d(Window window, boolean countsPadding, boolean roundsUp) {
        super(window, countsPadding, roundsUp);
    }

    @Override
    AvgPool3d with(Window window, boolean countsPadding, boolean roundsUp) {
        return new AvgPool3d(window, countsPadding, roundsUp);
    }
}
