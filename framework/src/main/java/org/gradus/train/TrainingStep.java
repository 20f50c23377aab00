package org.gradus.train;

import java.util.List;
import org.gradus.data.Batch;
import org.gradus.data.BatchIterator;
import org.gradus.device.Device;
import org.gradus.optim.Clipping;
import org.gradus.optim.Optimizer;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** What happens in one step: gradients of one or more batches, clipping, and the update. */
final class TrainingStep {
    private final Trainer settings;
    private final Device device;
    private final LossSums losses;
    private final Optimizer optimizer;
    private double gradientNorm = Double.NaN;

    TrainingStep(Trainer settings, Device device, LossSums losses) {
        this.settings = settings;
        this.device = device;
        this.losses = losses;
        this.optimizer = new Optimizer(settings.groups.apply(settings.model.parameters()));
    }

    Optimizer optimizer() {
        return optimizer;
    }

    double learningRate() {
        return optimizer.learningRate();
    }

    /** Returns the norm of the last step's gradients, NaN if they are not clipped by it. */
    double gradientNorm() {
        return gradientNorm;
    }

    /** Returns whether the last step's gradients may be used; without clipping nobody looked. */
    boolean isFinite() {
        return settings.clipNorm == Double.POSITIVE_INFINITY || Double.isFinite(gradientNorm);
    }

    /**
     * Takes the batches of a step and computes the gradients, clipped.
     *
     * @param step the step, counted from 1
     */
    void differentiate(BatchIterator batches, long step) {
        optimizer.schedule(settings.schedule, step - 1);
        optimizer.clearGradients();
        // All batches of a step are there before it begins, so that each can be weighted.
        List<Batch> group = Batches.upTo(settings.accumulation, batches);
        int samples = group.stream().mapToInt(Batch::size).sum();
        for (Batch batch : group) {
            try (var _ = Scope.open()) {
                differentiate(batch, (double) batch.size() / samples, step);
            }
        }
        try (var _ = Scope.open()) {
            clip();
        }
    }

    /** Updates the parameters. */
    void update() {
        try (var _ = Scope.open()) {
            optimizer.step();
        }
    }

    private void differentiate(Batch batch, double weight, long step) {
        List<Tensor> inputs = Batches.inputs(batch, device);
        Tensor target = Tensor.of(batch.target(), device);
        Tensor output = settings.forward.of(inputs);
        Tensor loss = settings.loss.of(output, target);
        losses.add(step, loss, batch.size());
        Autograd.withoutGradients(
                () -> settings.metrics.forEach(metric -> metric.update(output.detach(), target)));
        (weight == 1 ? loss : loss.mul(weight)).backward();
    }

    private void clip() {
        if (settings.clipValue < Double.POSITIVE_INFINITY) {
            Clipping.value(settings.model.parameters().values(), settings.clipValue);
        }
        if (settings.clipNorm < Double.POSITIVE_INFINITY) {
            gradientNorm = Clipping.norm(settings.model.parameters().values(), settings.clipNorm);
        }
    }
}
