package org.gradus.models;

import org.gradus.dtype.DType;
import org.gradus.nn.Dropout;
import org.gradus.nn.Embedding;
import org.gradus.nn.Initializer;
import org.gradus.nn.LSTM;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A bidirectional LSTM that classifies texts: tokens {@code [batch, steps]}, {@code I64}, to logits
 * {@code [batch, classes]}. The mean of its outputs over all steps but padding decides.
 *
 * <p>Parameters: {@code tokens.weight}, {@code lstm...} with the names of {@code torch.nn.LSTM},
 * {@code head.weight}, {@code head.bias}.
 */
public final class LstmClassifier extends Layer {
    private static final double DEVIATION = 0.1;

    /**
     * The sizes of a model.
     *
     * @param vocabulary the number of tokens
     * @param classes how many
     * @param padding the token that fills short texts; it stands nowhere but at their end
     * @param size of a token's embedding
     * @param hidden the size of the state of each direction
     * @param layers of recurrent units
     * @param dropout the probability with which embeddings and means are dropped in training
     */
    public record Settings(
            int vocabulary,
            int classes,
            int padding,
            int size,
            int hidden,
            int layers,
            double dropout) {}

    private final Settings settings;
    private final Embedding tokens;
    private final LSTM lstm;
    private final Dropout dropout;
    private final Linear head;

    /** Makes a model. */
    public LstmClassifier(Settings settings) {
        this.settings = settings;
        tokens = module("tokens", new Embedding(settings.vocabulary(), settings.size()));
        tokens.weight().initializeWith(Initializer.normal(DEVIATION));
        lstm =
                module(
                        "lstm",
                        new LSTM(settings.size(), settings.hidden())
                                .layers(settings.layers())
                                .bidirectional());
        dropout = module("dropout", new Dropout(settings.dropout()));
        head = module("head", new Linear(2 * settings.hidden(), settings.classes()));
    }

    /** Returns the settings. */
    public Settings settings() {
        return settings;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 2) {
            throw new TensorException(
                    "LstmClassifier: tokens of shape %s are not [batch, steps]"
                            .formatted(x.shape()));
        }
        // a text without tokens is a single one of padding
        Tensor count =
                x.ne(settings.padding()).to(DType.F32).sum(1).clamp(1, Double.POSITIVE_INFINITY);
        Tensor embedded = dropout.apply(tokens.apply(x));
        Tensor outputs = lstm.apply(embedded, null, count.to(DType.I64)).output();
        // outputs are 0 in the padding
        Tensor mean = outputs.sum(1).div(count.to(outputs.dtype()).unsqueeze(1));
        return head.apply(dropout.apply(mean));
    }
}
