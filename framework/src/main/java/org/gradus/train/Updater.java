package org.gradus.train;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.Parameter;
import org.gradus.optim.Clipping;
import org.gradus.optim.LossScale;
import org.gradus.optim.Optimizer;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Recording;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** An update of a task with its optimizer and the sums of its loss. */
final class Updater {
    /** Scales a gradient of 1 to the least number that f16 has with all its bits. */
    private static final double LEAST_SCALE = 1.0 / (1 << 14);

    private final Trainer settings;
    private final Update update;
    private final String lossName;
    private final Optimizer optimizer;
    private final LossSums losses = new LossSums();
    private final GradientNorms norms;
    private final LossScale scale;

    Updater(Trainer settings, Update update, Device device, boolean first) {
        this.settings = settings;
        this.update = update;
        this.lossName = first ? Values.LOSS : update.name() + "_" + Values.LOSS;
        this.optimizer =
                new Optimizer(
                        settings.groups
                                .getOrDefault(update.name(), settings.commonGroups)
                                .apply(update.parameters()));
        this.scale = settings.precision == DType.F16 ? new LossScale(device) : null;
        this.norms = new GradientNorms(scale != null);
    }

    String name() {
        return update.name();
    }

    /** Returns under which name the mean of the loss is reported. */
    String lossName() {
        return lossName;
    }

    LossSums losses() {
        return losses;
    }

    Optimizer optimizer() {
        return optimizer;
    }

    Collection<Parameter> parameters() {
        return update.parameters().values();
    }

    boolean takesPartIn(long step) {
        return step % update.every() == 0;
    }

    /** Returns the norms of the gradients; there are none if they are not clipped by them. */
    GradientNorms norms() {
        return norms;
    }

    /**
     * Computes the gradients, clips them, and moves the parameters.
     *
     * @param batches the batches of a step
     * @param samples how many these have
     * @param step the step, counted from 1, whenever it is asked for
     */
    void update(List<TensorBatch> batches, int samples, LongSupplier step) {
        Recording.eachTime(
                () -> optimizer.schedule(settings.scheduleWithPlateau(), step.getAsLong() - 1),
                () -> {});
        optimizer.clearGradients();
        for (TensorBatch batch : batches) {
            try (var _ = Scope.open()) {
                Tensor loss = Autocast.in(settings.precision, () -> update.loss().of(batch));
                Recording.afterwards(
                        List.of(loss),
                        given -> losses.add(step.getAsLong(), given.getFirst(), batch.size()));
                double weight = (double) batch.size() / samples;
                Tensor weighted = weight == 1 ? loss : loss.mul(weight);
                (scale == null ? weighted : scale.multiply(weighted)).backward();
            }
        }
        try (var _ = Scope.open()) {
            Tensor verdict = scale == null ? null : scale.divide(parameters());
            clip(step);
            optimizer.stepIf(verdict);
            if (scale != null) {
                scale.update(verdict);
            }
        }
    }

    /**
     * Checks that the loss is not scaled below all use, which takes dozens of failed steps in a
     * row; waits for the device.
     */
    void requireScale(long step) {
        if (scale != null && scale.value() < LEAST_SCALE) {
            throw new TrainingException(
                    "the gradients were beyond the range of f16 again and again, up to step "
                            + step
                            + ": use the precision bf16 or f32, lower the learning rate, or clip"
                            + " the gradients with clipNorm");
        }
    }

    /** Adds what checkpoints keep of this besides the optimizer's states, by name. */
    void addSums(Map<String, double[]> sums) {
        sums.put(lossName, losses.state());
        if (scale != null) {
            sums.put(lossName + "_scale", scale.state());
        }
    }

    /** Continues from what {@link #addSums} added. */
    void restoreSums(Function<String, double[]> sums) {
        losses.restore(sums.apply(lossName));
        if (scale != null) {
            scale.restore(sums.apply(lossName + "_scale"));
        }
    }

    /** Gives back what it held besides the parameters. */
    void release() {
        losses.release();
        norms.release();
        optimizer.clearGradients();
        optimizer.release();
        if (scale != null) {
            scale.release();
        }
    }

    private void clip(LongSupplier step) {
        if (settings.clipValue < Double.POSITIVE_INFINITY) {
            Clipping.value(parameters(), settings.clipValue);
        }
        if (settings.clipNorm < Double.POSITIVE_INFINITY) {
            Tensor norm = Clipping.norm(parameters(), settings.clipNorm);
            Recording.afterwards(
                    List.of(norm), given -> norms.add(step.getAsLong(), given.getFirst()));
        }
    }

    /** Returns whether a state of that name, as in {@code weight.step}, is of this optimizer. */
    boolean owns(String state) {
        int dot = state.lastIndexOf('.');
        return dot > 0 && update.parameters().containsKey(state.substring(0, dot));
    }
}
