package org.gradus.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.gradus.data.DataLoader;
import org.gradus.data.Dataset;
import org.gradus.dtype.DType;
import org.gradus.metrics.Metric;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.tensor.Autocast;
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
    private final Task task;
    private final List<Metric> metrics = new ArrayList<>();
    private Loss loss;
    private int batchSize = DEFAULT_BATCH_SIZE;
    private DType precision = DType.F32;

    private Evaluator(Module model, Forward forward, Task task) {
        this.model = model;
        this.forward = forward;
        this.task = task;
    }

    /** Returns an evaluator of a model with one input. */
    public static Evaluator of(Layer model) {
        return of(model, Batches.singleInput(model));
    }

    /** Returns an evaluator of a model that is called in its own way. */
    public static Evaluator of(Module model, Forward forward) {
        return new Evaluator(model, forward, null);
    }

    /** Returns an evaluator of a task's model, with the loss and the metrics of the task. */
    public static Evaluator of(Task task) {
        return new Evaluator(task.model(), null, task);
    }

    /** Measures this loss too; returns this evaluator. */
    public Evaluator loss(Loss measured) {
        requireNoTask("loss");
        loss = measured;
        return this;
    }

    /** Measures one more metric; returns this evaluator. What it has summed up is lost. */
    public Evaluator metric(Metric metric) {
        requireNoTask("metric");
        metrics.add(metric);
        return this;
    }

    private void requireNoTask(String what) {
        if (task != null) {
            throw new IllegalStateException(
                    "a task has its own " + what + ": leave out the call of " + what);
        }
    }

    /** Changes the number of samples that are computed at once; returns this evaluator. */
    public Evaluator batchSize(int samples) {
        batchSize = samples;
        return this;
    }

    /**
     * Changes the precision of the products, {@code f32} by default; returns this evaluator. See
     * {@link Trainer#precision}.
     */
    public Evaluator precision(String name) {
        return precision(Values.precision(name));
    }

    Evaluator precision(DType type) {
        precision = type;
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
        Task measured = task == null ? supervised() : task;
        LossSums losses = new LossSums();
        measured.metrics().forEach(Metric::reset);
        boolean training = model.isTraining();
        model.eval();
        try (BatchFeed batches = new BatchFeed(loader.iterator(0), 1, model.device())) {
            while (batches.hasNext()) {
                if (stopped.getAsBoolean()) {
                    return Optional.empty();
                }
                TensorBatch batch = batches.next().getFirst();
                try {
                    inScope(() -> measure(measured, batch, losses));
                } finally {
                    batch.release();
                }
                batches.loadAhead();
            }
            inScope(() -> measured.examine(dataset));
            Map<String, Double> values = values(measured, losses);
            double seconds = (System.nanoTime() - start) * 1e-9;
            return Optional.of(new Evaluation(values, dataset.size(), seconds));
        } finally {
            losses.release();
            if (training) {
                model.train();
            }
        }
    }

    private Task supervised() {
        Supervised supervised = Supervised.of(model, forward, loss);
        metrics.forEach(supervised::metric);
        return supervised;
    }

    private void inScope(Runnable work) {
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(() -> Autocast.in(precision, work));
        }
    }

    private static void measure(Task measured, TensorBatch batch, LossSums losses) {
        Tensor measuredLoss = measured.evaluate(batch);
        if (measuredLoss != null) {
            losses.add(0, measuredLoss, batch.size());
        }
    }

    private static Map<String, Double> values(Task measured, LossSums losses) {
        Map<String, Double> values = new LinkedHashMap<>();
        if (!losses.isEmpty()) {
            values.put(Values.LOSS, losses.epochMean());
        }
        Values.addTo(values, measured.metrics());
        return values;
    }
}
