package org.gradus.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.gradus.data.Batch;
import org.gradus.data.BatchIterator;
import org.gradus.data.DataLoader;
import org.gradus.data.Dataset;
import org.gradus.device.Device;
import org.gradus.metrics.Metric;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Measures a model on a data set, without gradients and in evaluation mode, on the model's device.
 * Defaults: batches of 256 samples, no loss, no metrics.
 *
 * <pre>{@code
 * Evaluation evaluation =
 *         Evaluator.of(model).loss(Loss.crossEntropy()).metric(new Accuracy()).evaluate(test);
 * }</pre>
 */
public final class Evaluator {
    private static final int DEFAULT_BATCH_SIZE = 256;

    private final Module model;
    private final Forward forward;
    private final List<Metric> metrics = new ArrayList<>();
    private Loss loss;
    private int batchSize = DEFAULT_BATCH_SIZE;

    private Evaluator(Module model, Forward forward) {
        this.model = model;
        this.forward = forward;
    }

    /** Returns an evaluator of a model with one input. */
    public static Evaluator of(Layer model) {
        return new Evaluator(model, Batches.singleInput(model));
    }

    /** Returns an evaluator of a model that is called in its own way. */
    public static Evaluator of(Module model, Forward forward) {
        return new Evaluator(model, forward);
    }

    /** Measures this loss too; returns this evaluator. */
    public Evaluator loss(Loss measured) {
        loss = measured;
        return this;
    }

    /** Measures one more metric; returns this evaluator. What it has summed up is lost. */
    public Evaluator metric(Metric metric) {
        metrics.add(metric);
        return this;
    }

    /** Changes the number of samples that are computed at once; returns this evaluator. */
    public Evaluator batchSize(int samples) {
        batchSize = samples;
        return this;
    }

    /** Returns the loss and the metrics over all samples. */
    public Evaluation evaluate(Dataset dataset) {
        return evaluate(dataset, () -> false).orElseThrow();
    }

    /** Returns nothing if it was stopped. */
    Optional<Evaluation> evaluate(Dataset dataset, BooleanSupplier stopped) {
        long start = System.nanoTime();
        DataLoader loader = DataLoader.of(dataset, Math.min(batchSize, dataset.size()));
        LossSums losses = new LossSums();
        metrics.forEach(Metric::reset);
        boolean training = model.isTraining();
        model.eval();
        try (BatchIterator batches = loader.iterator(0)) {
            while (batches.hasNext()) {
                if (stopped.getAsBoolean()) {
                    return Optional.empty();
                }
                Batch batch = batches.next();
                try (var _ = Scope.open()) {
                    Autograd.withoutGradients(() -> measure(batch, losses));
                }
            }
            Map<String, Double> values = values(losses);
            double seconds = (System.nanoTime() - start) * 1e-9;
            return Optional.of(new Evaluation(values, dataset.size(), seconds));
        } finally {
            losses.release();
            if (training) {
                model.train();
            }
        }
    }

    private void measure(Batch batch, LossSums losses) {
        Device device = model.device();
        Tensor output = forward.of(Batches.inputs(batch, device));
        Tensor target = Tensor.of(batch.target(), device);
        if (loss != null) {
            losses.add(0, loss.of(output, target), batch.size());
        }
        metrics.forEach(metric -> metric.update(output, target));
    }

    private Map<String, Double> values(LossSums losses) {
        Map<String, Double> values = new LinkedHashMap<>();
        if (loss != null) {
            values.put(Values.LOSS, losses.epochMean());
        }
        metrics.forEach(metric -> values.put(metric.name(), metric.value()));
        return values;
    }
}
