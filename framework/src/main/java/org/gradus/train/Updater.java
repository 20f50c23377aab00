package org.gradus.train;

import java.util.Collection;
import java.util.List;
import org.gradus.data.Batch;
import org.gradus.device.Device;
import org.gradus.nn.Parameter;
import org.gradus.optim.Clipping;
import org.gradus.optim.Optimizer;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** An update of a task with its optimizer and the sums of its loss. */
final class Updater {
    private final Trainer settings;
    private final Update update;
    private final String lossName;
    private final Optimizer optimizer;
    private final LossSums losses = new LossSums();
    private final GradientNorms norms = new GradientNorms();

    Updater(Trainer settings, Update update, boolean first) {
        this.settings = settings;
        this.update = update;
        this.lossName = first ? Values.LOSS : update.name() + "_" + Values.LOSS;
        this.optimizer =
                new Optimizer(
                        settings.groups
                                .getOrDefault(update.name(), settings.commonGroups)
                                .apply(update.parameters()));
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
     * Computes the gradients, clipped.
     *
     * @param batches the batches of a step
     * @param step the step, counted from 1
     */
    void differentiate(List<Batch> batches, Device device, long step) {
        optimizer.schedule(settings.scheduleWithPlateau(), step - 1);
        optimizer.clearGradients();
        int samples = batches.stream().mapToInt(Batch::size).sum();
        for (Batch batch : batches) {
            try (var _ = Scope.open()) {
                Tensor loss = update.loss().of(TensorBatch.of(batch, device));
                losses.add(step, loss, batch.size());
                double weight = (double) batch.size() / samples;
                (weight == 1 ? loss : loss.mul(weight)).backward();
            }
        }
        try (var _ = Scope.open()) {
            clip(step);
        }
    }

    private void clip(long step) {
        if (settings.clipValue < Double.POSITIVE_INFINITY) {
            Clipping.value(parameters(), settings.clipValue);
        }
        if (settings.clipNorm < Double.POSITIVE_INFINITY) {
            norms.add(step, Clipping.norm(parameters(), settings.clipNorm));
        }
    }

    /** Returns whether a state of that name, as in {@code weight.step}, is of this optimizer. */
    boolean owns(String state) {
        int dot = state.lastIndexOf('.');
        return dot > 0 && update.parameters().containsKey(state.substring(0, dot));
    }
}
