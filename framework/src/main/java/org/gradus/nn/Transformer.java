package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * The Transformer (Vaswani et al., 2017): an encoder reads a source {@code [batch, steps, size]}, a
 * decoder reads a target and attends to what the encoder made of the source. Both are normalized
 * behind their last layer. Weights are Glorot-uniform at first, as in PyTorch; with {@link
 * TransformerSettings#withCausal} only the decoder is causal. Masks are those of {@link
 * MultiheadAttention}.
 */
public final class Transformer extends Module {
    private final TransformerEncoder encoder;
    private final TransformerDecoder decoder;

    /** Creates one of as many layers each. */
    public Transformer(TransformerSettings settings, int encoderLayers, int decoderLayers) {
        TransformerEncoder layers = new TransformerEncoder(settings.withoutCausal(), encoderLayers);
        encoder = module("encoder", layers.normalized());
        decoder = module("decoder", new TransformerDecoder(settings, decoderLayers, true));
        parameters().values().stream()
                .filter(parameter -> parameter.shape().rank() > 1)
                .forEach(parameter -> parameter.initializeWith(Initializer.xavierUniform(1)));
    }

    /** Returns the encoder. */
    public TransformerEncoder encoder() {
        return encoder;
    }

    /** Returns the decoder. */
    public TransformerDecoder decoder() {
        return decoder;
    }

    /** Returns the decoder's output, {@code [batch, target steps, size]}. */
    public Tensor apply(Tensor source, Tensor target) {
        return apply(source, target, null, null, null);
    }

    /**
     * Returns the decoder's output, {@code [batch, target steps, size]}.
     *
     * @param sourceMask what steps of the source see of each other, null for all
     * @param targetMask what steps of the target see of each other, null for all
     * @param memoryMask what steps of the target see of the source, null for all
     */
    public Tensor apply(
            Tensor source, Tensor target, Tensor sourceMask, Tensor targetMask, Tensor memoryMask) {
        ensureInitialized(source::device);
        return within(
                () -> {
                    Tensor memory = encoder.apply(source, sourceMask);
                    return decoder.apply(target, memory, targetMask, memoryMask, null);
                });
    }
}
