package org.gradus.train;

import java.util.List;
import org.gradus.data.Dataset;
import org.gradus.metrics.Metric;
import org.gradus.nn.Module;
import org.gradus.tensor.Tensor;

/**
 * What a model learns: how a batch becomes a loss, which parameters follow it, and what is
 * measured. {@link Trainer} does the rest, the same for all tasks: order of samples, learning rate,
 * clipping, averages, accumulation, checkpoints, evaluation after each epoch.
 *
 * <p>Most tasks are {@link Supervised}. One with two networks that play against each other has an
 * update for each of them.
 *
 * <p>All that is random in a task comes from {@linkplain Module#generators generators} of its
 * model, so that a resumed training goes on as if it had not stopped; evaluations use none of them.
 */
public interface Task {

    /** Returns the model, all of whose parameters, buffers and generators go into checkpoints. */
    Module model();

    /**
     * Returns what happens in a step, in order. No parameter is in two updates. Their losses may
     * add to {@link #metrics}.
     */
    List<Update> updates();

    /**
     * Returns what is measured besides the losses, the same objects with each call. Those that
     * nothing was added to in an epoch are left out of what is reported.
     */
    default List<Metric> metrics() {
        return List.of();
    }

    /**
     * Measures a batch, of a validation set as a rule: adds to the {@link #metrics}. Called in
     * evaluation mode, without gradients, in a scope of its own.
     *
     * @return the loss, a mean over the samples; null if there is none
     */
    Tensor evaluate(TensorBatch batch);

    /**
     * Measures what takes more than a batch at a time, such as the error rate of a few decoded
     * sentences: adds to the {@link #metrics}. Called after all batches of an evaluation, in the
     * same way; does nothing unless overridden.
     */
    default void examine(Dataset dataset) {}
}
