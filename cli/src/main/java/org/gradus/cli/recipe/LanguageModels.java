package org.gradus.cli.recipe;

import org.gradus.cli.data.DataFormat;
import org.gradus.cli.data.TokenFormat;
import org.gradus.cli.recipe.ModelChoice.Builder;
import org.gradus.cli.settings.Section;
import org.gradus.models.CharLstm;
import org.gradus.models.Gpt;

/** The models of running text, with their settings. */
final class LanguageModels {
    private static final int EMBEDDING = 64;
    private static final int HIDDEN = 256;
    private static final int LSTM_LAYERS = 2;
    private static final int SIZE = 128;
    private static final int HEADS = 4;
    private static final int GPT_LAYERS = 4;

    private LanguageModels() {}

    static Builder charLstm(Section settings) {
        int embedding = settings.count("embedding", EMBEDDING, 1);
        int hidden = settings.count("hidden", HIDDEN, 1);
        int layers = settings.count("layers", LSTM_LAYERS, 1);
        double dropout = settings.between("dropout", 0, 0, 1);
        return format -> {
            int vocabulary = text(format, "char-lstm").tokenizer().size();
            return new CharLstm(vocabulary, embedding, hidden, layers, dropout);
        };
    }

    static Builder gpt(Section settings) {
        int size = settings.count("size", SIZE, 1);
        int heads = settings.count("heads", HEADS, 1);
        int layers = settings.count("layers", GPT_LAYERS, 1);
        double dropout = settings.between("dropout", 0, 0, 1);
        if (size % heads != 0) {
            throw settings.wrong("heads", "divides the size " + size);
        }
        return format -> {
            TokenFormat text = text(format, "gpt");
            int vocabulary = text.tokenizer().size();
            return new Gpt(
                    Gpt.Settings.of(vocabulary, text.context(), size, heads, layers)
                            .withDropout(dropout));
        };
    }

    private static TokenFormat text(DataFormat format, String model) {
        return format.as(TokenFormat.class, "the model " + model, "running text");
    }
}
