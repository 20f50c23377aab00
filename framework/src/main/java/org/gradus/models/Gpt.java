package org.gradus.models;

import org.gradus.nn.Dropout;
import org.gradus.nn.Embedding;
import org.gradus.nn.Initializer;
import org.gradus.nn.KeyValueCache;
import org.gradus.nn.LearnedPositions;
import org.gradus.nn.Linear;
import org.gradus.nn.Parameter;
import org.gradus.nn.TransformerEncoder;
import org.gradus.nn.TransformerSettings;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A decoder-only Transformer as GPT-2 (Radford et al., 2019): tokens {@code [batch, steps]}, {@code
 * I64}, to logits of each next token, {@code [batch, steps, vocabulary]}. Positions are learned,
 * inputs of attention and feedforward layers are normalized, the activation is GELU, and the output
 * shares the weight of the embedding unless that is switched off.
 *
 * <p>Parameters, with nanoGPT's names: {@code tokens.weight} (wte), {@code positions.weight} (wpe),
 * {@code blocks.layers.0...} (h.0...), in these {@code norm1} (ln_1), {@code self_attn.in_proj_*}
 * (attn.c_attn), {@code self_attn.out_proj} (attn.c_proj), {@code norm2} (ln_2), {@code linear1}
 * (mlp.c_fc), {@code linear2} (mlp.c_proj); {@code blocks.norm} (ln_f); and {@code head.weight}
 * (lm_head) if it is not shared. All have the same layout there; {@code blocks} are a {@code
 * torch.nn.TransformerEncoder} with {@code norm_first=True}.
 */
public final class Gpt extends LanguageModel {
    private static final double DEVIATION = 0.02;

    /**
     * The sizes of a model.
     *
     * @param vocabulary the number of tokens
     * @param context the longest sequence
     * @param size of a step
     * @param heads of each attention; {@code size} is a multiple
     * @param layers how many
     * @param dropout the probability with which activations are dropped in training
     * @param bias whether linear layers and normalizations have biases
     * @param tied whether the output shares the weight of the embedding
     */
    public record Settings(
            int vocabulary,
            int context,
            int size,
            int heads,
            int layers,
            double dropout,
            boolean bias,
            boolean tied) {
        /** Returns settings without dropout, with biases and a shared weight. */
        public static Settings of(int vocabulary, int context, int size, int heads, int layers) {
            return new Settings(vocabulary, context, size, heads, layers, 0, true, true);
        }

        /** Returns these settings with dropout. */
        public Settings withDropout(double probability) {
            return new Settings(vocabulary, context, size, heads, layers, probability, bias, tied);
        }

        /** Returns these settings with an output of its own weight. */
        public Settings untied() {
            return new Settings(vocabulary, context, size, heads, layers, dropout, bias, false);
        }
    }

    private final Settings settings;
    private final Embedding tokens;
    private final LearnedPositions positions;
    private final Dropout dropout;
    private final TransformerEncoder blocks;
    private final Linear head;

    /** Makes a model. */
    public Gpt(Settings settings) {
        this.settings = settings;
        int size = settings.size();
        TransformerSettings layers =
                TransformerSettings.of(size, settings.heads())
                        .withFeedforward(4 * size)
                        .withDropout(settings.dropout())
                        .withActivation(Tensor::gelu)
                        .withNormFirst()
                        .withCausal();
        tokens = module("tokens", new Embedding(settings.vocabulary(), size));
        positions = module("positions", new LearnedPositions(settings.context(), size));
        dropout = module("dropout", new Dropout(settings.dropout()));
        blocks =
                module(
                        "blocks",
                        new TransformerEncoder(
                                        settings.bias() ? layers : layers.withoutBias(),
                                        settings.layers())
                                .normalized());
        head =
                settings.tied()
                        ? null
                        : module("head", new Linear(size, settings.vocabulary()).withoutBias());
        parameters().forEach(this::initializer);
    }

    /** Chooses the first values as GPT-2: what is added to the residual stream starts smaller. */
    private void initializer(String name, Parameter parameter) {
        boolean isResidual = name.endsWith("out_proj.weight") || name.endsWith("linear2.weight");
        double deviation = isResidual ? DEVIATION / Math.sqrt(2 * settings.layers()) : DEVIATION;
        if (parameter.shape().rank() > 1) {
            parameter.initializeWith(Initializer.normal(deviation));
        } else if (name.endsWith("bias")) {
            parameter.initializeWith(Initializer.zeros());
        }
    }

    /** Returns the settings. */
    public Settings settings() {
        return settings;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return logits(x, null);
    }

    /**
     * Returns the logits for tokens that follow those which a cache (null for none) remembers, and
     * remembers them, too. No gradients are recorded with a cache.
     */
    public Tensor apply(Tensor tokens, KeyValueCache cache) {
        return cache == null
                ? apply(tokens)
                : within(() -> Autograd.withoutGradients(() -> logits(tokens, cache)));
    }

    /**
     * Sequences may grow beyond the context: of the tokens before, half of it is then read again.
     */
    @Override
    public Continuation continuation() {
        return new CachedContinuation(this, settings.context(), this::apply);
    }

    private Tensor logits(Tensor x, KeyValueCache cache) {
        if (x.rank() != 2) {
            throw new TensorException(
                    "Gpt: tokens of shape %s are not [batch, steps]".formatted(x.shape()));
        }
        Tensor embedded = positions.apply(tokens.apply(x), cache == null ? 0 : cache.steps());
        Tensor y = blocks.apply(dropout.apply(embedded), null, cache);
        return head == null ? y.linear(tokens.weight().value(), null) : head.apply(y);
    }
}
