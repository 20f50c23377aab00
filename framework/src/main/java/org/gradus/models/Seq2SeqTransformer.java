package org.gradus.models;

import java.util.function.Supplier;
import org.gradus.nn.Dropout;
import org.gradus.nn.Embedding;
import org.gradus.nn.Initializer;
import org.gradus.nn.KeyValueCache;
import org.gradus.nn.Linear;
import org.gradus.nn.Module;
import org.gradus.nn.MultiheadAttention;
import org.gradus.nn.SinusoidalPositions;
import org.gradus.nn.Transformer;
import org.gradus.nn.TransformerSettings;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * An encoder-decoder Transformer from tokens to tokens, for translation (Vaswani et al., 2017).
 * Embeddings are multiplied by the root of their size and added to sinusoidal positions; padding is
 * hidden from attention; the decoder sees no later target tokens.
 *
 * <p>Parameters: {@code source.weight}, {@code target.weight} (embeddings), {@code transformer...}
 * with the names of {@code torch.nn.Transformer}, and {@code head.weight}, {@code head.bias}.
 */
public final class Seq2SeqTransformer extends Module {
    /**
     * The sizes of a model.
     *
     * @param sourceVocabulary the number of source tokens
     * @param targetVocabulary the number of target tokens
     * @param padding the token that fills short sequences of either side
     * @param layers of the encoder, and as many of the decoder
     * @param transformer the layers
     */
    public record Settings(
            int sourceVocabulary,
            int targetVocabulary,
            int padding,
            int layers,
            TransformerSettings transformer) {}

    private final Settings settings;
    private final Embedding source;
    private final Embedding target;
    private final SinusoidalPositions positions;
    private final Dropout dropout;
    private final Transformer transformer;
    private final Linear head;

    /** Makes a model; the decoder is causal, whatever the settings of the layers say. */
    public Seq2SeqTransformer(Settings settings) {
        this.settings = settings;
        TransformerSettings layers = settings.transformer().withCausal();
        int size = layers.size();
        Initializer normal = Initializer.normal(1 / Math.sqrt(size));
        source = module("source", new Embedding(settings.sourceVocabulary(), size));
        target = module("target", new Embedding(settings.targetVocabulary(), size));
        source.weight().initializeWith(normal);
        target.weight().initializeWith(normal);
        positions = module("positions", new SinusoidalPositions(size));
        dropout = module("dropout", new Dropout(layers.dropout()));
        transformer =
                module(
                        "transformer",
                        new Transformer(layers, settings.layers(), settings.layers()));
        head = module("head", new Linear(size, settings.targetVocabulary()));
    }

    /** Returns the settings. */
    public Settings settings() {
        return settings;
    }

    /**
     * Returns the logits of each next target token.
     *
     * @param source {@code [batch, source steps]}, {@code I64}
     * @param target {@code [batch, steps]}, {@code I64}, beginning with a token for the start
     * @return {@code [batch, steps, target vocabulary]}
     */
    public Tensor apply(Tensor source, Tensor target) {
        return within(() -> logits(target, encode(source), source, null));
    }

    /**
     * Returns what the encoder makes of a source, for {@link #decode}.
     *
     * @param tokens {@code [batch, source steps]}
     * @return {@code [batch, source steps, size]}
     */
    public Tensor encode(Tensor tokens) {
        return within(
                () -> {
                    Tensor x = embedded("source", source, tokens, 0);
                    return transformer.encoder().apply(x, mask(tokens));
                });
    }

    /**
     * Returns the logits for target tokens that follow those which a cache remembers, and remembers
     * them, too; with a cache no gradients are recorded.
     *
     * @param target {@code [batch, steps]}
     * @param memory what {@link #encode} made of the source
     * @param source its tokens, of which padding is hidden
     * @param cache null for none
     */
    public Tensor decode(Tensor target, Tensor memory, Tensor source, KeyValueCache cache) {
        Supplier<Tensor> work = () -> logits(target, memory, source, cache);
        return within(cache == null ? work : () -> Autograd.withoutGradients(work));
    }

    /**
     * Begins to translate: targets are continued, beginning with the token for the start.
     *
     * @param source {@code [batch, source steps]}, padded
     */
    public Continuation continuation(Tensor source) {
        return new Translation(this, source);
    }

    private Tensor logits(Tensor tokens, Tensor memory, Tensor sourceTokens, KeyValueCache cache) {
        int position = cache == null ? 0 : cache.steps();
        Tensor x = embedded("target", target, tokens, position);
        // padding follows a target's tokens, and those do not see what follows: no mask is needed
        return head.apply(transformer.decoder().apply(x, memory, null, mask(sourceTokens), cache));
    }

    private Tensor embedded(String what, Embedding embedding, Tensor tokens, int position) {
        if (tokens.rank() != 2) {
            throw new TensorException(
                    "Seq2SeqTransformer: %s tokens of shape %s are not [batch, steps]"
                            .formatted(what, tokens.shape()));
        }
        double scale = Math.sqrt(settings.transformer().size());
        Tensor x = positions.apply(embedding.apply(tokens).mul(scale), position);
        return dropout.apply(x);
    }

    private Tensor mask(Tensor tokens) {
        return MultiheadAttention.maskOfPadding(tokens.eq(settings.padding()));
    }
}
