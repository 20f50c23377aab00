package org.gradus.cli.task;

import java.util.Optional;
import org.gradus.cli.data.DataSplits;
import org.gradus.device.Device;
import org.gradus.train.Task;

/**
 * A recipe's model at its task: what the training needs, and what can be asked of the model.
 *
 * <p>What is optional here is what only some kinds of tasks can do. All of it runs without
 * gradients and in evaluation mode, and draws no random numbers from the model's generators.
 */
public interface LearningTask {
    /** Returns what is trained, and how. */
    Task task();

    /**
     * Returns how a trained model is measured, for {@code gradus evaluate}: as after each epoch, or
     * where that is by some samples only, by all.
     */
    default Task evaluation() {
        return task();
    }

    /**
     * Runs the model on one sample of zeros, so that a model that does not fit the data is found
     * before anything is written. The model is on the device.
     *
     * @throws org.gradus.tensor.TensorException if it does not fit
     */
    void probe(Device device);

    /** Returns the value that decides which checkpoint is the best. */
    default String monitored() {
        return "loss";
    }

    /**
     * Returns what a run shows of the model after each epoch, in its folder {@code samples} and in
     * its report; made from the same random numbers each time.
     */
    default Optional<Samples> show(DataSplits data) {
        return Optional.empty();
    }

    /** Returns how inputs are answered, for {@code gradus predict}. */
    default Optional<Predictions> predictions() {
        return Optional.empty();
    }

    /** Returns how pictures are classified that another model made. */
    default Optional<Classifier> classifier() {
        return Optional.empty();
    }

    /** Returns how samples are made, for {@code gradus generate}. */
    default Optional<Generation> generation() {
        return Optional.empty();
    }
}
