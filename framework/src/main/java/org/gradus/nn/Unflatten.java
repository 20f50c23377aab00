package org.gradus.nn;

import java.util.Arrays;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/** Makes several axes of the second: {@code [batch, n, ...]} to {@code [batch, sizes..., ...]}. */
public final class Unflatten extends Layer {
    private final int[] sizes;

    /** Creates the layer for sizes whose product is n. */
    public Unflatten(int... sizes) {
        this.sizes = sizes.clone();
        for (int size : sizes) {
            Arguments.positive("Unflatten", "a size", size);
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 2 || x.size(1) != Shape.of(sizes).elements()) {
            throw new TensorException(
                    "unflatten: axis 1 of an input of shape %s does not divide into %s"
                            .formatted(x.shape(), Arrays.toString(sizes)));
        }
        Shape shape = x.shape().without(1);
        for (int i = 0; i < sizes.length; i++) {
            shape = shape.insert(i + 1, sizes[i]);
        }
        return x.reshape(shape);
    }

    @Override
    public String toString() {
        return "Unflatten(" + Arrays.toString(sizes) + ")";
    }
}
