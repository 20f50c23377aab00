package org.gradus.cli.run;

import org.gradus.cli.data.DataFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.task.LearningTask;
import org.gradus.device.Device;
import org.gradus.nn.Module;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.TensorException;
import org.gradus.train.Checkpoint;
import org.gradus.train.TrainingException;

/**
 * A run's model as its newest checkpoint has it, in evaluation mode.
 *
 * @param recipe the settings of the run
 * @param format what the model expects
 * @param learning the model at its task
 * @param checkpoint the checkpoint
 * @param device where the model is
 */
public record TrainedModel(
        Recipe recipe,
        DataFormat format,
        LearningTask learning,
        Checkpoint checkpoint,
        Device device) {

    /**
     * Loads a run's model.
     *
     * @param deviceName the device, empty for that of the run's settings
     * @throws InputException if the run has no checkpoint or one of another architecture
     */
    public static TrainedModel load(RunDirectory run, String deviceName) {
        Recipe recipe = run.recipe();
        DataFormat format = run.format();
        Checkpoint checkpoint = run.checkpoint();
        String name = deviceName.isEmpty() ? recipe.device() : deviceName;
        Device device = DeviceChoice.open(name, recipe.threads()).device();
        LearningTask learning = build(recipe, format, device);
        fill(learning.task().model(), checkpoint);
        learning.task().model().eval();
        return new TrainedModel(recipe, format, learning, checkpoint, device);
    }

    /**
     * Makes a recipe's model with its initial values, and tries it on one sample of zeros.
     *
     * @throws InputException if the model does not fit the data or the task
     */
    static LearningTask build(Recipe recipe, DataFormat format, Device device) {
        try {
            Module model = recipe.model().builder().build(format);
            LearningTask learning = recipe.task().builder().build(model, format);
            model.initialize(device, recipe.seed());
            model.eval();
            try (var _ = Scope.open()) {
                Autograd.withoutGradients(() -> learning.probe(device));
            }
            model.train();
            return learning;
        } catch (TensorException | IllegalArgumentException problem) {
            throw new InputException(
                    "the model "
                            + recipe.model().name()
                            + " does not fit the data "
                            + recipe.data().name()
                            + ", "
                            + format.description()
                            + " ("
                            + problem.getMessage()
                            + "); choose another model or other settings of it",
                    problem);
        }
    }

    /** Puts a checkpoint's values into a model. */
    static void fill(Module model, Checkpoint checkpoint) {
        try {
            checkpoint.loadInto(model);
        } catch (TrainingException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }
}
