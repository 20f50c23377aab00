package org.gradus.nn;

import org.gradus.device.Window;

/** {@link AveragePooling} over {@code [batch, channels, length]}. */
public final class AvgPool1d extends AveragePooling<AvgPool1d> {
    /** Creates a layer whose windows of the given size lie side by side. */
    public AvgPool1d(int... kernel) {
        this(tiles(1, kernel), true, false);
    }

    private AvgPool1d(Window window, boolean countsPadding, boolean roundsUp) {
        super(window, countsPadding, roundsUp);
    }

    @Override
    AvgPool1d with(Window window, boolean countsPadding, boolean roundsUp) {
        return new AvgPool1d(window, countsPadding, roundsUp);
    }
}
