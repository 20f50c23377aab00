package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * A sequence {@code [batch, steps, size]} attends to itself and to a memory {@code [batch, keys,
 * size]}, then each step passes two linear layers; all with a residual connection (Vaswani et al.,
 * 2017). Parts have PyTorch's names: {@code self_attn}, {@code multihead_attn}, {@code linear1},
 * {@code linear2}, {@code norm1} to {@code norm3}. Masks are those of {@link MultiheadAttention}.
 */
public final class TransformerDecoderLayer extends Module {
    private final TransformerSettings settings;
    private final MultiheadAttention attention;
    private final MultiheadAttention memoryAttention;
    private final Linear hidden;
    private final Dropout dropout;
    private final Linear output;
    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private final LayerNorm norm3;
    private final Dropout dropout1;
    private final Dropout dropout2;
    private final Dropout dropout3;

    /** Creates a layer. */
    public TransformerDecoderLayer(TransformerSettings settings) {
        this.settings = settings;
        int size = settings.size();
        attention = module("self_attn", settings.selfAttention());
        memoryAttention = module("multihead_attn", settings.crossAttention());
        hidden = module("linear1", settings.linear(size, settings.feedforward()));
        dropout = module("dropout", new Dropout(settings.dropout()));
        output = module("linear2", settings.linear(settings.feedforward(), size));
        norm1 = module("norm1", settings.norm());
        norm2 = module("norm2", settings.norm());
        norm3 = module("norm3", settings.norm());
        dropout1 = module("dropout1", new Dropout(settings.dropout()));
        dropout2 = module("dropout2", new Dropout(settings.dropout()));
        dropout3 = module("dropout3", new Dropout(settings.dropout()));
    }

    /** Returns the output for a target and a memory, all of which all steps may see. */
    public Tensor apply(Tensor target, Tensor memory) {
        return apply(target, memory, null, null, null);
    }

    /**
     * Returns the output for a target and a memory.
     *
     * @param targetMask of the target's steps, null for none
     * @param memoryMask of the memory's steps, null for none
     * @param cache what is known of both and is continued, null for none
     */
    public Tensor apply(
            Tensor target,
            Tensor memory,
            Tensor targetMask,
            Tensor memoryMask,
            KeyValueCache cache) {
        ensureInitialized(target::device);
        return within(
                () -> {
                    Tensor x =
                            settings.residual(
                                    norm1,
                                    dropout1,
                                    target,
                                    t -> attention.apply(t, targetMask, cache));
                    Tensor y =
                            settings.residual(
                                    norm2,
                                    dropout2,
                                    x,
                                    t ->
                                            memoryAttention.applyToMemory(
                                                    t, memory, memoryMask, cache));
                    return settings.residual(norm3, dropout3, y, this::feedforward);
                });
    }

    private Tensor feedforward(Tensor x) {
        return output.apply(dropout.apply(settings.activation().apply(hidden.apply(x))));
    }
}
