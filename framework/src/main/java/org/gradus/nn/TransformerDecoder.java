package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Decoder layers one after the other, named {@code layers.0}, {@code layers.1}, ..., and perhaps a
 * layer normalization {@code norm} behind them. All attend to the same memory.
 */
public final class TransformerDecoder extends Module {
    private final ModuleList<TransformerDecoderLayer> layers;
    private final LayerNorm norm;

    /**
     * Creates a decoder.
     *
     * @param isNormalized whether its output is normalized
     */
    public TransformerDecoder(TransformerSettings settings, int layers, boolean isNormalized) {
        Arguments.positive("TransformerDecoder", "layers", layers);
        this.layers =
                module(
                        "layers",
                        ModuleList.of(layers, () -> new TransformerDecoderLayer(settings)));
        norm = isNormalized ? module("norm", settings.norm()) : null;
    }

    /** Returns the output for a target and a memory, all of which all steps may see. */
    public Tensor apply(Tensor target, Tensor memory) {
        return apply(target, memory, null, null, null);
    }

    /**
     * Returns the output for a target {@code [batch, steps, size]} and a memory {@code [batch,
     * keys, size]}.
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
                    Tensor y =
                            layers.chain(
                                    target,
                                    (layer, t) ->
                                            layer.apply(t, memory, targetMask, memoryMask, cache));
                    return norm == null ? y : norm.apply(y);
                });
    }
}
