package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** Makes one axis of several: by default of all but the batch. */
public final class Flatten extends Layer {
    private final int first;
    private final int last;

    /** Creates the layer for {@code [batch, ...]} to {@code [batch, features]}. */
    public Flatten() {
        this(1, -1);
    }

    /** Creates the layer for the axes {@code first} to {@code last}, inclusive. */
    public Flatten(int first, int last) {
        this.first = first;
        this.last = last;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.flatten(first, last);
    }
}
