package org.gradus.nn;

import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Adds to each step of {@code [batch, steps, size]} the sines and cosines of its position (Vaswani
 * et al., 2017, 3.5): column {@code 2i} is {@code sin(position / 10000^(2i / size))}, column {@code
 * 2i + 1} the cosine of the same angle. It has no parameters and knows no longest sequence.
 */
public final class SinusoidalPositions extends Layer {
    private static final double BASE = 10_000;

    private final int size;
    private final PositionTable table;

    /** Creates the layer for steps of a size. */
    public SinusoidalPositions(int size) {
        this.size = Arguments.positive("SinusoidalPositions", "size", size);
        table =
                new PositionTable(
                        size,
                        column -> Math.pow(BASE, -(double) (column / 2 * 2) / size),
                        (column, angle) -> column % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return shifted(x, 0);
    }

    /** Like {@link #apply(Tensor)} for steps whose first has another position than 0. */
    public Tensor apply(Tensor x, int position) {
        return within(() -> shifted(x, position));
    }

    private Tensor shifted(Tensor x, int position) {
        if (x.rank() != 3 || x.size(2) != size) {
            throw new TensorException(
                    "SinusoidalPositions: an input of shape %s is not [batch, steps, %d]"
                            .formatted(x.shape(), size));
        }
        return x.add(table.rows(x, position, x.size(1)));
    }

    @Override
    public String toString() {
        return "SinusoidalPositions(" + size + ")";
    }
}
