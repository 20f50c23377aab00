package org.gradus.cli.recipe;

import java.util.List;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.data.InputFormat;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.models.DigitsCnn;
import org.gradus.models.LeNet;
import org.gradus.models.Mlp;
import org.gradus.nn.Module;
import org.gradus.shape.Shape;

/**
 * The model that a recipe names. Settings: {@code name}; for {@code mlp} also {@code hidden}, the
 * sizes of the hidden layers, and {@code dropout}.
 *
 * @param name the name by which it was chosen
 * @param builder makes the model
 */
public record ModelChoice(String name, Builder builder) {

    /** Makes a model for a data set. */
    @FunctionalInterface
    public interface Builder {
        /**
         * Returns a model without values yet.
         *
         * @throws InputException if the data are not for such a model
         */
        Module build(DataFormat format);
    }

    static ModelChoice read(Section settings) {
        List<String> names = List.of("mlp", "lenet", "digits-cnn");
        settings.requiredText("name", "the name of a model: " + String.join(", ", names));
        String name = settings.choice("name", "", names);
        Builder builder =
                switch (name) {
                    case "mlp" -> mlp(settings);
                    case "lenet" -> ModelChoice::leNet;
                    default -> _ -> new DigitsCnn();
                };
        settings.end();
        return new ModelChoice(name, builder);
    }

    private static Builder mlp(Section settings) {
        List<Integer> hidden = settings.counts("hidden", List.of(128));
        double dropout = settings.between("dropout", 0, 0, 1);
        return format -> {
            InputFormat samples = format.as(InputFormat.class, "the model mlp", "arrays");
            int inputs = Math.toIntExact(samples.shape().elements());
            return new Mlp(inputs, hidden, samples.outputs(), dropout);
        };
    }

    private static Module leNet(DataFormat format) {
        InputFormat pictures = pictures(format, "lenet");
        Shape shape = pictures.shape();
        return new LeNet(shape.size(0), shape.size(1), shape.size(2), pictures.outputs());
    }

    /** Returns the format of pictures, {@code [channels, height, width]}. */
    private static InputFormat pictures(DataFormat format, String model) {
        InputFormat pictures = format.as(InputFormat.class, "the model " + model, "pictures");
        if (pictures.shape().rank() != 3) {
            throw new InputException(
                    "the model "
                            + model
                            + " takes pictures [channels, height, width], but the samples are "
                            + pictures.shape()
                            + "; choose another model");
        }
        return pictures;
    }
}
