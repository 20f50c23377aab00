package org.gradus.cli.recipe;

import java.util.List;
import org.gradus.models.DigitsCnn;
import org.gradus.models.LeNet;
import org.gradus.models.Mlp;
import org.gradus.nn.Layer;
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
         * @param input the shape of a sample
         * @param classes the number of classes
         */
        Layer build(Shape input, int classes);
    }

    static ModelChoice read(Section settings) {
        List<String> names = List.of("mlp", "lenet", "digits-cnn");
        settings.requiredText("name", "the name of a model: " + String.join(", ", names));
        String name = settings.choice("name", "", names);
        Builder builder =
                switch (name) {
                    case "mlp" -> mlp(settings);
                    case "lenet" -> ModelChoice::leNet;
                    default -> (_, _) -> new DigitsCnn();
                };
        settings.end();
        return new ModelChoice(name, builder);
    }

    private static Builder mlp(Section settings) {
        List<Integer> hidden = settings.counts("hidden", List.of(128));
        double dropout = settings.between("dropout", 0, 0, 1);
        return (input, classes) ->
                new Mlp(Math.toIntExact(input.elements()), hidden, classes, dropout);
    }

    private static Layer leNet(Shape input, int classes) {
        if (input.rank() != 3) {
            throw new IllegalArgumentException("it takes pictures [channels, height, width]");
        }
        return new LeNet(input.size(0), input.size(1), input.size(2), classes);
    }
}
