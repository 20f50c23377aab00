package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** {@code shortcut(x) + block(x)} (He et al., 2016). */
public final class Residual extends Layer {
    private final Layer block;
    private final Layer shortcut;

    /** Creates {@code x + block(x)}. */
    public Residual(Layer block) {
        this(block, null);
    }

    /**
     * Creates {@code shortcut(x) + block(x)}.
     *
     * @param shortcut what makes the input fit the output of the block; null where it does
     */
    public Residual(Layer block, Layer shortcut) {
        this.block = module("block", block);
        this.shortcut = shortcut == null ? null : module("shortcut", shortcut);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor straight = shortcut == null ? x : shortcut.apply(x);
        return straight.add(block.apply(x));
    }
}
