package org.gradus.models;

import org.gradus.nn.Dropout;
import org.gradus.nn.Embedding;
import org.gradus.nn.Initializer;
import org.gradus.nn.Layer;
import org.gradus.nn.LearnedPositions;
import org.gradus.nn.Linear;
import org.gradus.nn.MultiheadAttention;
import org.gradus.nn.TransformerEncoder;
import org.gradus.nn.TransformerSettings;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A Transformer encoder that classifies texts: tokens {@code [batch, steps]}, {@code I64}, to
 * logits {@code [batch, classes]}. The mean over all steps but padding decides.
 *
 * <p>Parameters: {@code tokens.weight}, {@code positions.weight}, {@code encoder...} with the names
 * of {@code torch.nn.TransformerEncoder} with a normalization, {@code head.weight}, {@code
 * head.bias}.
 */
public final class TextClassifier extends Layer {
    private static final double DEVIATION = 0.02;

    /**
     * The sizes of a model.
     *
     * @param vocabulary the number of tokens
     * @param context the longest text
     * @param classes how many
     * @param padding the token that fills short texts
     * @param layers of the encoder
     * @param transformer the layers
     */
    public record Settings(
            int vocabulary,
            int context,
            int classes,
            int padding,
            int layers,
            TransformerSettings transformer) {}

    private final Settings settings;
    private final Embedding tokens;
    private final LearnedPositions positions;
    private final Dropout dropout;
    private final TransformerEncoder encoder;
    private final Linear head;

    /** Makes a model. */
    public TextClassifier(Settings settings) {
        this.settings = settings;
        int size = settings.transformer().size();
        tokens = module("tokens", new Embedding(settings.vocabulary(), size));
        tokens.weight().initializeWith(Initializer.normal(DEVIATION));
        positions = module("positions", new LearnedPositions(settings.context(), size));
        dropout = module("dropout", new Dropout(settings.transformer().dropout()));
        encoder =
                module(
                        "encoder",
                        new TransformerEncoder(settings.transformer(), settings.layers())
                                .normalized());
        head = module("head", new Linear(size, settings.classes()));
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 2) {
            throw new TensorException(
                    "TextClassifier: tokens of shape %s are not [batch, steps]"
                            .formatted(x.shape()));
        }
        Tensor padding = x.eq(settings.padding());
        Tensor embedded = dropout.apply(positions.apply(tokens.apply(x)));
        Tensor encoded = encoder.apply(embedded, MultiheadAttention.maskOfPadding(padding));
        return head.apply(mean(encoded, padding.not()));
    }

    /** The mean of the steps that are text; 0 for a text without any. */
    private static Tensor mean(Tensor encoded, Tensor isText) {
        Tensor weights = isText.to(encoded.dtype());
        Tensor count = weights.sum(1).clamp(1, Double.POSITIVE_INFINITY).unsqueeze(1);
        return encoded.mul(weights.unsqueeze(2)).sum(1).div(count);
    }
}
