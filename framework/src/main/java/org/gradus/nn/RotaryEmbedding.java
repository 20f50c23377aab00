package org.gradus.nn;

import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Rotary position embedding (Su et al., 2021): of queries and keys, each pair of neighbouring
 * elements {@code (2i, 2i + 1)} is turned by an angle of {@code position * base^(-2i / size)}, so
 * that their product depends on the distance of their positions. It has no parameters.
 */
public final class RotaryEmbedding {
    private final int size;
    private final PositionTable cosines;
    private final PositionTable sines;

    /**
     * Creates the embedding.
     *
     * @param size of a head, even
     * @param base of the wavelengths, commonly 10000
     */
    public RotaryEmbedding(int size, double base) {
        if (size < 2 || size % 2 != 0 || !(base > 0)) {
            throw new IllegalArgumentException(
                    "RotaryEmbedding: a head of size %d and the base %s; the size must be even, the"
                                    .formatted(size, base)
                            + " base above 0");
        }
        this.size = size;
        cosines = table(base, (_, angle) -> Math.cos(angle));
        sines = table(base, (_, angle) -> Math.sin(angle));
    }

    private PositionTable table(double base, PositionTable.Formula formula) {
        return new PositionTable(size / 2, i -> Math.pow(base, -2.0 * i / size), formula);
    }

    /**
     * Returns queries or keys turned by their positions.
     *
     * @param x {@code [..., steps, size]}
     * @param position of the first step
     */
    public Tensor apply(Tensor x, int position) {
        if (x.rank() < 2 || x.size(-1) != size) {
            throw new TensorException(
                    "RotaryEmbedding: a tensor of shape %s is not [..., steps, %d]"
                            .formatted(x.shape(), size));
        }
        return Scope.compute(
                () -> {
                    int steps = x.size(-2);
                    Tensor cosine = cosines.rows(x, position, steps);
                    Tensor sine = sines.rows(x, position, steps);
                    Tensor even = x.strided(-1, 0, 2, size / 2);
                    Tensor odd = x.strided(-1, 1, 2, size / 2);
                    Tensor turned =
                            Tensor.stack(
                                    -1,
                                    even.mul(cosine).sub(odd.mul(sine)),
                                    even.mul(sine).add(odd.mul(cosine)));
                    return turned.reshape(x.shape());
                });
    }
}
