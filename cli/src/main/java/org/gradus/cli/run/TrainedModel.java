package org.gradus.cli.run;

import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.InputFormat;
import org.gradus.cli.recipe.Recipe;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.Layer;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.gradus.train.Checkpoint;
import org.gradus.train.TrainingException;

/**
 * A run's model as its newest checkpoint has it.
 *
 * @param recipe the settings of the run
 * @param format what the model expects
 * @param model the model, with its values
 * @param checkpoint the checkpoint
 * @param device where the model is
 */
public record TrainedModel(
        Recipe recipe, InputFormat format, Layer model, Checkpoint checkpoint, Device device) {

    /**
     * Loads a run's model.
     *
     * @param deviceName the device, empty for that of the run's settings
     * @throws InputException if the run has no checkpoint or one of another architecture
     */
    public static TrainedModel load(RunDirectory run, String deviceName) {
        Recipe recipe = run.recipe();
        InputFormat format = run.format();
        Checkpoint checkpoint = run.checkpoint();
        String name = deviceName.isEmpty() ? recipe.device() : deviceName;
        Device device = DeviceChoice.open(name, recipe.threads()).device();
        Layer model = build(recipe, format, device);
        fill(model, checkpoint);
        return new TrainedModel(recipe, format, model, checkpoint, device);
    }

    /**
     * Makes a recipe's model with its initial values, and tries it on one sample of zeros.
     *
     * @throws InputException if the model does not fit the data
     */
    static Layer build(Recipe recipe, InputFormat format, Device device) {
        Shape batch = format.shape().insert(0, 1);
        try {
            Layer model = recipe.model().builder().build(format.shape(), format.classes().size());
            model.initialize(device, recipe.seed());
            model.eval();
            try (var _ = Scope.open()) {
                Autograd.withoutGradients(
                        () -> model.apply(Tensor.zeros(device, DType.F32, batch)));
            }
            model.train();
            return model;
        } catch (TensorException | IllegalArgumentException problem) {
            throw new InputException(
                    "the model "
                            + recipe.model().name()
                            + " does not fit the data "
                            + recipe.data().name()
                            + ", whose samples are "
                            + format.shape()
                            + " ("
                            + problem.getMessage()
                            + "); choose another model or other settings of it",
                    problem);
        }
    }

    /** Puts a checkpoint's values into a model. */
    static void fill(Layer model, Checkpoint checkpoint) {
        try {
            checkpoint.loadInto(model);
        } catch (TrainingException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }
}
