package org.gradus.nn;

/** {@link InstanceNorm} of {@code [batch, channels, depth, height, width]}. */
public final class InstanceNorm3d extends InstanceNorm<InstanceNorm3d> {
    /** Creates a layer without parameters for the given number of channels. */
    public InstanceNorm3d(int channels) {
        this(settings(channels));
    }

    private InstanceNorm3d(Settings settings) {
        super(3, settings);
    }

    @Override
    InstanceNorm3d with(Settings other) {
        return new InstanceNorm3d(other);
    }
}
