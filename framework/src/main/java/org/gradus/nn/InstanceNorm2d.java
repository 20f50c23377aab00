package org.gradus.nn;

/** {@link InstanceNorm} of {@code [batch, channels, height, width]}. */
public final class InstanceNorm2d extends InstanceNorm<InstanceNorm2d> {
    /** Creates a layer without parameters for the given number of channels. */
    public InstanceNorm2d(int channels) {
        this(channels, DEFAULT_EPSILON, false);
    }

    private InstanceNorm2d(int channels, double epsilon, boolean affine) {
        super(2, channels, epsilon, affine);
    }

    @Override
    InstanceNorm2d with(int channels, double epsilon, boolean affine) {
        return new InstanceNorm2d(channels, epsilon, affine);
    }
}
