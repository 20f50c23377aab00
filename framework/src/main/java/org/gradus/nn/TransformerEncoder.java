package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * Encoder layers one after the other, named {@code layers.0}, {@code layers.1}, ..., and perhaps a
 * layer normalization {@code norm} behind them: {@code [batch, steps, size]} to the same shape.
 */
public final class TransformerEncoder extends Layer {
    private final TransformerSettings settings;
    private final ModuleList<TransformerEncoderLayer> layers;
    private final LayerNorm norm;

    /** Creates an encoder of as many layers, without a normalization behind them. */
    public TransformerEncoder(TransformerSettings settings, int layers) {
        this(settings, layers, false);
    }

    private TransformerEncoder(TransformerSettings settings, int count, boolean isNormalized) {
        Arguments.positive("TransformerEncoder", "layers", count);
        this.settings = settings;
        layers =
                module("layers", ModuleList.of(count, () -> new TransformerEncoderLayer(settings)));
        norm = isNormalized ? module("norm", settings.norm()) : null;
    }

    /** Returns an encoder like this one with a normalization of its output. */
    public TransformerEncoder normalized() {
        requireUnused();
        return new TransformerEncoder(settings, layers.size(), true);
    }

    /** Returns the layers. */
    public ModuleList<TransformerEncoderLayer> layers() {
        return layers;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return encode(x, null, null);
    }

    /** Like {@link #apply(Tensor)} with a mask, see {@link MultiheadAttention}. */
    public Tensor apply(Tensor x, Tensor mask) {
        return apply(x, mask, null);
    }

    /**
     * Like {@link #apply(Tensor)} with a mask, and continuing what a cache remembers.
     *
     * @param mask of steps, null for none
     * @param cache null for none
     */
    public Tensor apply(Tensor x, Tensor mask, KeyValueCache cache) {
        ensureInitialized(x::device);
        return within(() -> encode(x, mask, cache));
    }

    private Tensor encode(Tensor x, Tensor mask, KeyValueCache cache) {
        Tensor y = layers.chain(x, (layer, t) -> layer.apply(t, mask, cache));
        return norm == null ? y : norm.apply(y);
    }
}
