package org.gradus.nn;

/** {@link InstanceNorm} of {@code [batch, channels, height, width]}. */
public final class InstanceNorm2d extends InstanceNorm<InstanceNorm2d> {
    /** Creates a layer without parameters for the given number of channels. */
    public InstanceNorm2d(int channels) {
        this(settings(channels));
    }

    private InstanceNorm2d(Settings settings) {
        super(2, settings);
    }

    @Override
    InstanceNorm2d with(Settings other) {
        return new InstanceNorm2d(other);
    }
}
