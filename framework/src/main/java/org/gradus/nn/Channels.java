package org.gradus.nn;

import java.util.Arrays;
import org.gradus.tensor.Tensor;

/** Values per channel of {@code [batch, channels, ...]}. */
final class Channels {
    private Channels() {}

    /** Returns {@code [channels]} in a shape that broadcasts over images of the given rank. */
    static Tensor along(Tensor values, int rank) {
        int[] sizes = new int[Math.max(rank - 1, 1)];
        Arrays.fill(sizes, 1);
        sizes[0] = values.size(0);
        return values.reshape(sizes);
    }
}
