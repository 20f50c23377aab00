package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * A sequence {@code [batch, steps, size]} attends to itself, then each step passes two linear
 * layers; both with a residual connection (Vaswani et al., 2017). With {@link
 * TransformerSettings#withCausal} it is the layer of a decoder-only model, such as GPT. Parts have
 * PyTorch's names: {@code self_attn}, {@code linear1}, {@code linear2}, {@code norm1}, {@code
 * norm2}. Masks are those of {@link MultiheadAttention}.
 */
public final class TransformerEncoderLayer extends Layer {
    private final TransformerSettings settings;
    private final MultiheadAttention attention;
    private final Linear hidden;
    private final Dropout dropout;
    private final Linear output;
    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private final Dropout dropout1;
    private final Dropout dropout2;

    /** Creates a layer. */
    public TransformerEncoderLayer(TransformerSettings settings) {
        this.settings = settings;
        int size = settings.size();
        attention = module("self_attn", settings.selfAttention());
        hidden = module("linear1", settings.linear(size, settings.feedforward()));
        dropout = module("dropout", new Dropout(settings.dropout()));
        output = module("linear2", settings.linear(settings.feedforward(), size));
        norm1 = module("norm1", settings.norm());
        norm2 = module("norm2", settings.norm());
        dropout1 = module("dropout1", new Dropout(settings.dropout()));
        dropout2 = module("dropout2", new Dropout(settings.dropout()));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return layer(x, null, null);
    }

    /**
     * Like {@link #apply(Tensor)} with a mask, and continuing what a cache remembers.
     *
     * @param mask of steps, null for none
     * @param cache null for none
     */
    public Tensor apply(Tensor x, Tensor mask, KeyValueCache cache) {
        ensureInitialized(x::device);
        return within(() -> layer(x, mask, cache));
    }

    private Tensor layer(Tensor x, Tensor mask, KeyValueCache cache) {
        Tensor y = settings.residual(norm1, dropout1, x, t -> attention.apply(t, mask, cache));
        return settings.residual(norm2, dropout2, y, this::feedforward);
    }

    private Tensor feedforward(Tensor x) {
        return output.apply(dropout.apply(settings.activation().apply(hidden.apply(x))));
    }
}
