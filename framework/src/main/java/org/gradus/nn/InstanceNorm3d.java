package org.gradus.nn;

/** {@link InstanceNorm} of {@code [batch, channels, depth, height, width]}. */
public final class InstanceNorm3d extends InstanceNorm<InstanceNorm3d> {
    /** Creates a layer without parameters for the given number of channels. */
    public InstanceNorm3d(int channels) {
        this(channels, DEFAULT_EPSILON, false);
    }

    private InstanceNorm3d(int channels, double epsilon, boolean affine) {
        super(3, channels, epsilon, affine);
    }

    @Override
    InstanceNorm3d with(int channels, double epsilon, boolean affine) {
        return new InstanceNorm3d(channels, epsilon, affine);
    }
}
