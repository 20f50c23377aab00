package org.gradus.cli.recipe;

import org.gradus.cli.data.LabeledTextFormat;
import org.gradus.cli.data.SeriesFormat;
import org.gradus.cli.data.TextPairFormat;
import org.gradus.cli.recipe.ModelChoice.Builder;
import org.gradus.cli.settings.Section;
import org.gradus.models.GruForecaster;
import org.gradus.models.LstmClassifier;
import org.gradus.models.Seq2SeqTransformer;
import org.gradus.models.TextClassifier;
import org.gradus.nn.TransformerSettings;

/** The models of time series and of texts, with their settings. */
final class SequenceModels {
    private static final int HIDDEN = 64;
    private static final int SIZE = 64;
    private static final int SEQ2SEQ_SIZE = 128;
    private static final int SEQ2SEQ_LAYERS = 3;
    private static final int HEADS = 4;
    private static final int FEEDFORWARD = 4;
    private static final double DROPOUT = 0.1;

    private SequenceModels() {}

    static Builder gruForecaster(Section settings) {
        int hidden = settings.count("hidden", HIDDEN, 1);
        int layers = settings.count("layers", 1, 1);
        double dropout = settings.between("dropout", 0, 0, 1);
        return format -> {
            SeriesFormat series =
                    format.as(SeriesFormat.class, "the model gru-forecaster", "a time series");
            return new GruForecaster(
                    new GruForecaster.Settings(
                            series.columns().size(),
                            series.targetColumn(),
                            series.horizon(),
                            hidden,
                            layers,
                            dropout));
        };
    }

    static Builder textClassifier(Section settings) {
        int layers = settings.count("layers", 2, 1);
        TransformerSettings transformer = transformer(settings, SIZE);
        return format -> {
            LabeledTextFormat texts =
                    format.as(LabeledTextFormat.class, "the model text-classifier", "texts");
            return new TextClassifier(
                    new TextClassifier.Settings(
                            texts.tokenizer().size(),
                            texts.length(),
                            texts.classes().size(),
                            texts.padding(),
                            layers,
                            transformer));
        };
    }

    static Builder lstmClassifier(Section settings) {
        int size = settings.count("size", SIZE, 1);
        int hidden = settings.count("hidden", HIDDEN, 1);
        int layers = settings.count("layers", 1, 1);
        double dropout = settings.between("dropout", DROPOUT, 0, 1);
        return format -> {
            LabeledTextFormat texts =
                    format.as(LabeledTextFormat.class, "the model lstm-classifier", "texts");
            return new LstmClassifier(
                    new LstmClassifier.Settings(
                            texts.tokenizer().size(),
                            texts.classes().size(),
                            texts.padding(),
                            size,
                            hidden,
                            layers,
                            dropout));
        };
    }

    static Builder seq2Seq(Section settings) {
        int layers = settings.count("layers", SEQ2SEQ_LAYERS, 1);
        TransformerSettings transformer = transformer(settings, SEQ2SEQ_SIZE);
        return format -> {
            TextPairFormat pairs =
                    format.as(
                            TextPairFormat.class,
                            "the model seq2seq-transformer",
                            "pairs of texts");
            return new Seq2SeqTransformer(
                    new Seq2SeqTransformer.Settings(
                            pairs.source().size(),
                            pairs.target().size(),
                            pairs.tokens().padding(),
                            layers,
                            transformer));
        };
    }

    /** Reads the settings of layers whose input, not sum, is normalized. */
    private static TransformerSettings transformer(Section settings, int defaultSize) {
        int size = settings.count("size", defaultSize, 1);
        int heads = settings.count("heads", HEADS, 1);
        if (size % heads != 0) {
            throw settings.wrong("heads", "divides the size, " + size);
        }
        return TransformerSettings.of(size, heads)
                .withFeedforward(settings.count("feedforward", FEEDFORWARD * size, 1))
                .withDropout(settings.between("dropout", DROPOUT, 0, 1))
                .withNormFirst();
    }
}
