package org.gradus.nn;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Recording;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Batch normalization (Ioffe and Szegedy, 2015): each channel of {@code [batch, channels,
 * spatial...]} gets zero mean and unit variance, then is scaled and shifted. Training uses the
 * statistics of the batch and keeps running averages of them (of the unbiased variance), which
 * evaluation uses.
 *
 * <p>Parameters: {@code weight [channels]}, 1 at first, and {@code bias [channels]}, 0 at first.
 * Buffers: {@code running_mean}, {@code running_var} and {@code num_batches_tracked}. Settings are
 * made by methods that return a new layer, to be called before the layer has values.
 *
 * @param <L> the layer
 */
public abstract sealed class BatchNorm<L extends BatchNorm<L>> extends Layer
        permits BatchNorm1d, BatchNorm2d, BatchNorm3d {
    record Settings(
            int channels, double epsilon, double momentum, boolean affine, boolean tracked) {}

    private final Settings settings;
    private final Parameter weight;
    private final Parameter bias;
    private final State runningMean;
    private final State runningVariance;
    private final Counter batches;
    private final Map<DType, Program> programs = new EnumMap<>(DType.class);

    BatchNorm(Settings settings) {
        this.settings = settings;
        Shape shape = Shape.of(settings.channels());
        weight = settings.affine() ? parameter("weight", shape, Initializer.ones()) : null;
        bias = settings.affine() ? parameter("bias", shape, Initializer.zeros()) : null;
        runningMean = settings.tracked() ? buffer("running_mean", shape, DType.F32, 0) : null;
        runningVariance = settings.tracked() ? buffer("running_var", shape, DType.F32, 1) : null;
        batches = settings.tracked() ? counter("num_batches_tracked") : null;
    }

    static Settings settings(String layer, int channels) {
        return new Settings(Arguments.positive(layer, "channels", channels), 1e-5, 0.1, true, true);
    }

    abstract L with(Settings other);

    abstract boolean takes(int rank);

    abstract String expected();

    /** Returns a layer like this one with another number added to variances; 1e-5 by default. */
    public final L epsilon(double epsilon) {
        requireUnused();
        Settings s = settings;
        return with(new Settings(s.channels(), epsilon, s.momentum(), s.affine(), s.tracked()));
    }

    /**
     * Returns a layer like this one with another weight of each batch in the running averages; 0.1
     * by default.
     */
    public final L momentum(double momentum) {
        requireUnused();
        Settings s = settings;
        return with(new Settings(s.channels(), s.epsilon(), momentum, s.affine(), s.tracked()));
    }

    /** Returns a layer like this one without weight and bias. */
    public final L withoutAffine() {
        requireUnused();
        Settings s = settings;
        return with(new Settings(s.channels(), s.epsilon(), s.momentum(), false, s.tracked()));
    }

    /** Returns a layer like this one that uses the statistics of the batch in evaluation too. */
    public final L withoutRunningStatistics() {
        requireUnused();
        Settings s = settings;
        return with(new Settings(s.channels(), s.epsilon(), s.momentum(), s.affine(), false));
    }

    @Override
    protected final Tensor forward(Tensor x) {
        if (!takes(x.rank()) || x.size(1) != settings.channels()) {
            throw new TensorException(
                    "batchNorm: an input of shape %s is not %s with %d channels"
                            .formatted(x.shape(), expected(), settings.channels()));
        }
        Tensor scale = weight == null ? null : weight.value();
        Tensor shift = bias == null ? null : bias.value();
        if (!isTraining() && settings.tracked()) {
            return normalize(x, scale, shift);
        }
        long count = x.shape().elements() / Math.max(1, settings.channels());
        if (isTraining() && count < 2) {
            throw new TensorException(
                    "batchNorm: an input of shape %s has %d values per channel; training needs 2"
                            .formatted(x.shape(), count));
        }
        var normalized = x.batchNorm(scale, shift, settings.epsilon());
        if (isTraining() && settings.tracked()) {
            Recording.eachTime(batches::increment, () -> batches.set(batches.value() - 1));
            track(normalized.mean(), normalized.variance(), count);
        }
        return normalized.output();
    }

    private Tensor normalize(Tensor x, Tensor scale, Tensor shift) {
        int rank = x.rank();
        Tensor factor = runningVariance.value().add(settings.epsilon()).rsqrt();
        factor = scale == null ? factor : factor.mul(scale);
        Tensor centered = x.sub(Channels.along(runningMean.value(), rank));
        Tensor scaled = centered.mul(Channels.along(factor, rank));
        return shift == null ? scaled : scaled.add(Channels.along(shift, rank));
    }

    /** Updates both running averages in one launch. */
    private void track(Tensor mean, Tensor variance, long count) {
        DType type = runningMean.dtype();
        Program program = programs.computeIfAbsent(type, BatchNorm::averages);
        double momentum = settings.momentum();
        double[] numbers = {1 - momentum, momentum, momentum * count / (count - 1)};
        long[] scalars = new long[numbers.length];
        for (int i = 0; i < scalars.length; i++) {
            scalars[i] = Scalars.encode(numbers[i], type.computeType());
        }
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(
                    () -> {
                        View newMean = mean.detach().to(type).view();
                        View newVariance = variance.detach().to(type).view();
                        View oldMean = runningMean.value().viewForUpdate();
                        View oldVariance = runningVariance.value().viewForUpdate();
                        mean.device()
                                .map(
                                        program,
                                        runningMean.shape(),
                                        scalars,
                                        List.of(oldMean, newMean, oldVariance, newVariance),
                                        List.of(oldMean, oldVariance));
                    });
        }
    }

    private static Program averages(DType type) {
        Expr kept = Expr.scalar(0, type);
        Expr mean =
                Expr.input(0, type)
                        .multiply(kept)
                        .add(Expr.input(1, type).multiply(Expr.scalar(1, type)));
        Expr variance =
                Expr.input(2, type)
                        .multiply(kept)
                        .add(Expr.input(3, type).multiply(Expr.scalar(2, type)));
        return Program.of(mean.cast(type), variance.cast(type));
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "(" + settings.channels() + ")";
    }
}
