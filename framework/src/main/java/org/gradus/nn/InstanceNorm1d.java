package org.gradus.nn;

/** {@link InstanceNorm} of {@code [batch, channels, length]}. */
public final class InstanceNorm1d extends InstanceNorm<InstanceNorm1d> {
    /** Creates a layer without parameters for the given number of channels. */
    public InstanceNorm1d(int channels) {
        this(settings(channels));
    }

    private InstanceNorm1d(Settings settings) {
        super(1, settings);
    }

    @Override
    InstanceNorm1d with(Settings other) {
        return new InstanceNorm1d(other);
    }
}
