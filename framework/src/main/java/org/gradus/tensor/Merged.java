package org.gradus.tensor;

import java.util.Arrays;
import org.gradus.shape.Shape;

/**
 * Tensors with neighbouring axes merged into one. Sizes are computed and not left to a -1, which is
 * ambiguous where another size is 0.
 */
final class Merged {
    private Merged() {}

    /** Returns a matrix: the last {@code count} axes as columns, all others as rows. */
    static Tensor rows(Tensor x, int count) {
        int rows = product(x.shape(), 0, x.rank() - count);
        return x.reshape(rows, product(x.shape(), x.rank() - count, x.rank()));
    }

    /** Returns the first {@code kept} axes as they are and all others as one, of size 1 if none. */
    static Tensor after(int kept, Tensor x) {
        int[] sizes = Arrays.copyOf(x.shape().sizes(), kept + 1);
        sizes[kept] = product(x.shape(), kept, x.rank());
        return x.reshape(Shape.of(sizes));
    }

    private static int product(Shape shape, int from, int to) {
        int product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= shape.size(axis);
        }
        return product;
    }
}
