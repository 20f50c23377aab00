package org.gradus.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.gradus.data.Dataset;
import org.gradus.metrics.Metric;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Tensor;

/**
 * The most common task: a model's output is to be near a target. Classification, regression and
 * next-token prediction are this with one loss or another; a model that shall reproduce its input
 * has that as its target.
 */
public final class Supervised implements Task {
    private final Module model;
    private final Forward forward;
    private final Loss loss;
    private final boolean reconstructs;
    private final List<Metric> metrics = new ArrayList<>();
    private final List<Metric> examined = new ArrayList<>();
    private final List<Consumer<Dataset>> examinations = new ArrayList<>();

    private Supervised(Module model, Forward forward, Loss loss, boolean reconstructs) {
        this.model = model;
        this.forward = forward;
        this.loss = loss;
        this.reconstructs = reconstructs;
    }

    /**
     * Returns the task of a model with one input.
     *
     * @param loss the mean over the samples of a batch
     */
    public static Supervised of(Layer model, Loss loss) {
        return of(model, Batches.singleInput(model), loss);
    }

    /** Returns the task of a model that is called in its own way, such as with two inputs. */
    public static Supervised of(Module model, Forward forward, Loss loss) {
        return new Supervised(model, forward, loss, false);
    }

    /** Returns the task of a model whose output is to be its input, as of an autoencoder. */
    public static Supervised reconstruction(Layer model, Loss loss) {
        return new Supervised(model, Batches.singleInput(model), loss, true);
    }

    /** Measures one more metric; returns this task. */
    public Supervised metric(Metric metric) {
        metrics.add(metric);
        return this;
    }

    /**
     * Measures one more metric by {@linkplain #examine examining} a data set rather than batch by
     * batch, such as the error rate of some decoded sentences; returns this task.
     *
     * @param metric what the examination updates; nothing else does
     * @param examination is given the data set of each evaluation
     */
    public Supervised examination(Metric metric, Consumer<Dataset> examination) {
        examined.add(metric);
        examinations.add(examination);
        return this;
    }

    @Override
    public Module model() {
        return model;
    }

    @Override
    public List<Update> updates() {
        return List.of(Update.of(model, this::measure));
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> all = new ArrayList<>(metrics);
        all.addAll(examined);
        return Collections.unmodifiableList(all);
    }

    @Override
    public Tensor evaluate(TensorBatch batch) {
        return measure(batch);
    }

    @Override
    public void examine(Dataset dataset) {
        examinations.forEach(examination -> examination.accept(dataset));
    }

    private Tensor measure(TensorBatch batch) {
        Tensor output = forward.of(batch.inputs());
        Tensor target = reconstructs ? batch.input() : batch.target();
        Autograd.withoutGradients(
                () -> metrics.forEach(metric -> metric.update(output.detach(), target)));
        return loss == null ? null : loss.of(output, target);
    }
}
