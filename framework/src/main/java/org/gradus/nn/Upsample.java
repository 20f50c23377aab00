package org.gradus.nn;

import java.util.Arrays;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Makes images {@code [batch, channels, spatial...]} larger by a whole factor: each element is
 * repeated (nearest neighbour).
 */
public final class Upsample extends Layer {
    private final int[] factors;

    /** Creates a layer with one factor for all spatial axes, or one for each. */
    public Upsample(int... factors) {
        this.factors = factors.clone();
        if (factors.length == 0) {
            throw new IllegalArgumentException("Upsample: name at least one factor");
        }
        for (int factor : factors) {
            Arguments.positive("Upsample", "a factor", factor);
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        int axes = x.rank() - 2;
        if (axes < 1 || factors.length != 1 && factors.length != axes) {
            throw new TensorException(
                    "upsample: an input of shape %s is not [batch, channels, spatial...] with %s"
                            .formatted(x.shape(), Arrays.toString(factors)));
        }
        // each axis is followed by one of size 1, which repeats, and then is merged with it
        Shape split = Shape.of(x.size(0), x.size(1));
        Shape repeated = split;
        Shape merged = split;
        for (int i = 0; i < axes; i++) {
            int size = x.size(i + 2);
            int factor = factors[factors.length == 1 ? 0 : i];
            split = split.insert(-1, size).insert(-1, 1);
            repeated = repeated.insert(-1, size).insert(-1, factor);
            merged = merged.insert(-1, size * factor);
        }
        return x.reshape(split).expand(repeated).reshape(merged);
    }

    @Override
    public String toString() {
        return "Upsample(" + Arguments.text(factors) + ")";
    }
}
