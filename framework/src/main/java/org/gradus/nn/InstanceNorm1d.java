package org.gradus.nn;

/** {@link InstanceNorm} of {@code [batch, channels, length]}. */
public final class InstanceNorm1d extends InstanceNorm<InstanceNorm1d> {
    /** Creates a layer without parameters for the given number of channels. */
    public InstanceNorm1d(int channels) {
        this(channels, DEFAULT_EPSILON, false);
    }

    private InstanceNorm1d(int channels, double epsilon, boolean affine) {
        super(1, channels, epsilon, affine);
    }

    @Override
    InstanceNorm1d with(int channels, double epsilon, boolean affine) {
        return new InstanceNorm1d(channels, epsilon, affine);
    }
}
