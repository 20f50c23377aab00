package org.gradus.nn;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
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

    private static final double DEFAULT_MOMENTUM = 0.1;

    record Settings(int channels, double epsilon, boolean affine, double momentum) {
        boolean tracked() {
            return momentum > 0;
        }
    }

    private final int axes;
    private final int channels;
    private final double epsilon;
    private final Settings settings;
    private final Parameter weight;
    private final Parameter bias;
    private final State runningMean;
    private final State runningVariance;

    InstanceNorm(int axes, Settings settings) {
        this.axes = axes;
        this.settings = settings;
        this.channels = settings.channels();
        this.epsilon = settings.epsilon();
        boolean affine = settings.affine();
        Shape shape = Shape.of(channels);
        weight = affine ? parameter("weight", shape, Initializer.ones()) : null;
        bias = affine ? parameter("bias", shape, Initializer.zeros()) : null;
        boolean tracked = settings.tracked();
        runningMean = tracked ? buffer("running_mean", shape, DType.F32, 0) : null;
        runningVariance = tracked ? buffer("running_var", shape, DType.F32, 1) : null;
        if (tracked) {
            // PyTorch saves this number, too, and does not count either
            counter("num_batches_tracked");
        }
    }

    static Settings settings(int channels) {
        Arguments.positive("InstanceNorm", "channels", channels);
        return new Settings(channels, DEFAULT_EPSILON, false, 0);
    }

    abstract L with(Settings other);

    /** Returns a layer like this one with another number added to variances; 1e-5 by default. */
    public final L epsilon(double value) {
        requireUnused();
        return with(new Settings(channels, value, settings.affine(), settings.momentum()));
    }

    /** Returns a layer like this one that scales and shifts each channel. */
    public final L affine() {
        requireUnused();
        return with(new Settings(channels, epsilon, true, settings.momentum()));
    }

    /**
     * Returns a layer like this one that keeps running averages of the statistics of images
     * (buffers {@code running_mean} and {@code running_var}), each batch with a weight of 0.1, and
     * uses them in evaluation.
     */
    public final L runningStatistics() {
        return runningStatistics(DEFAULT_MOMENTUM);
    }

    /** Like {@link #runningStatistics()} with another weight of each batch, above 0, at most 1. */
    public final L runningStatistics(double momentum) {
        requireUnused();
        if (!(momentum > 0 && momentum <= 1)) {
            throw new IllegalArgumentException(
                    "InstanceNorm: the momentum " + momentum + " is not above 0 and at most 1");
        }
        return with(new Settings(channels, epsilon, settings.affine(), momentum));
    }

    @Override
    protected final Tensor forward(Tensor x) {
        if (x.rank() != axes + 2 || x.size(1) != channels) {
            throw new TensorException(
                    "instanceNorm: an input of shape %s is not [batch, %d, %d spatial axes]"
                            .formatted(x.shape(), channels, axes));
        }
        if (settings.tracked()) {
            if (!isTraining()) {
                return normalize(x);
            }
            Autograd.withoutGradients(() -> track(x.detach().flatten(2, -1)));
        }
        return x.groupNorm(
                channels,
                weight == null ? null : weight.value(),
                bias == null ? null : bias.value(),
                epsilon);
    }

    private void track(Tensor rows) {
        try (var _ = Scope.open()) {
            average(runningMean, rows.mean(2).mean(0));
            average(runningVariance, rows.var(2).mean(0));
        }
    }

    private void average(State running, Tensor found) {
        running.set(running.value().lerp(found.to(running.dtype()), settings.momentum()));
    }

    private Tensor normalize(Tensor x) {
        int rank = x.rank();
        Tensor factor = runningVariance.value().add(epsilon).rsqrt();
        factor = weight == null ? factor : factor.mul(weight.value());
        Tensor centered = x.sub(Channels.along(runningMean.value(), rank));
        Tensor scaled = centered.mul(Channels.along(factor, rank));
        return bias == null ? scaled : scaled.add(Channels.along(bias.value(), rank));
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "(" + channels + ")";
    }
}
