package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Instance normalization (Ulyanov et al., 2016): each channel of each image of {@code [batch,
 * channels, spatial...]} gets zero mean and unit variance. With {@link #affine}: {@code weight
 * [channels]} and {@code bias [channels]}.
 *
 * @param <L> the layer
 */
public abstract sealed class InstanceNorm<L extends InstanceNorm<L>> extends Layer
        permits InstanceNorm1d, InstanceNorm2d, InstanceNorm3d {
    static final double DEFAULT_EPSILON = 1e-5;

    private final int axes;
    private final int channels;
    private final double epsilon;
    private final boolean affine;
    private final Parameter weight;
    private final Parameter bias;

    InstanceNorm(int axes, int channels, double epsilon, boolean affine) {
        this.axes = axes;
        this.channels = Arguments.positive("InstanceNorm", "channels", channels);
        this.epsilon = epsilon;
        this.affine = affine;
        Shape shape = Shape.of(channels);
        weight = affine ? parameter("weight", shape, Initializer.ones()) : null;
        bias = affine ? parameter("bias", shape, Initializer.zeros()) : null;
    }

    abstract L with(int channels, double epsilon, boolean affine);

    /** Returns a layer like this one with another number added to variances; 1e-5 by default. */
    public final L epsilon(double value) {
        requireUnused();
        return with(channels, value, affine);
    }

    /** Returns a layer like this one that scales and shifts each channel. */
    public final L affine() {
        requireUnused();
        return with(channels, epsilon, true);
    }

    @Override
    protected final Tensor forward(Tensor x) {
        if (x.rank() != axes + 2 || x.size(1) != channels) {
            throw new TensorException(
                    "instanceNorm: an input of shape %s is not [batch, %d, %d spatial axes]"
                            .formatted(x.shape(), channels, axes));
        }
        return x.groupNorm(
                channels,
                weight == null ? null : weight.value(),
                bias == null ? null : bias.value(),
                epsilon);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "(" + channels + ")";
    }
}
