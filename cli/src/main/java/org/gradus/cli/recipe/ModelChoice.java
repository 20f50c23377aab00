package org.gradus.cli.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.gradus.cli.data.DataFormat;
import org.gradus.cli.settings.Section;
import org.gradus.nn.Module;

/**
 * The model that a recipe names. Settings: {@code name}, and those of the model.
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
         * @throws org.gradus.cli.input.InputException if the data are not for such a model
         */
        Module build(DataFormat format);
    }

    /** Returns the names of all models. */
    public static List<String> names() {
        return List.copyOf(models().keySet());
    }

    static ModelChoice read(Section settings) {
        Map<String, Function<Section, Builder>> models = models();
        List<String> names = names();
        settings.requiredText("name", "the name of a model: " + String.join(", ", names));
        String name = settings.choice("name", "", names);
        Builder builder = models.get(name).apply(settings);
        settings.end();
        return new ModelChoice(name, builder);
    }

    /** Returns what reads the settings of each model, by its name. */
    private static Map<String, Function<Section, Builder>> models() {
        Map<String, Function<Section, Builder>> models = new LinkedHashMap<>();
        models.put("mlp", PictureModels::mlp);
        models.put("lenet", PictureModels::leNet);
        models.put("digits-cnn", PictureModels::digitsCnn);
        models.put("resnet", PictureModels::resNet);
        models.put("vit", PictureModels::vit);
        models.put("autoencoder", PictureModels::autoencoder);
        models.put("vae", PictureModels::vae);
        models.put("dcgan", PictureModels::dcgan);
        models.put("wgan-gp", PictureModels::wganGp);
        models.put("gru-forecaster", SequenceModels::gruForecaster);
        models.put("char-lstm", LanguageModels::charLstm);
        models.put("gpt", LanguageModels::gpt);
        models.put("text-classifier", SequenceModels::textClassifier);
        models.put("lstm-classifier", SequenceModels::lstmClassifier);
        models.put("seq2seq-transformer", SequenceModels::seq2Seq);
        return models;
    }
}
