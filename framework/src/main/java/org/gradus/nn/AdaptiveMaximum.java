package org.gradus.nn;

import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/** Maxima over parts of images, which may overlap by one element where they are not equal. */
final class AdaptiveMaximum {
    private AdaptiveMaximum() {}

    /** Returns the maxima over so many parts along each of the last axes, one axis at a time. */
    static Tensor of(Tensor x, int[] sizes) {
        if (x.rank() != sizes.length + 2 || x.shape().last(sizes.length).elements() == 0) {
            throw new TensorException(
                    "adaptiveMaximumPool: an input of shape %s is not [batch, channels, %d axes]"
                            .formatted(x.shape(), sizes.length));
        }
        Tensor result = x;
        for (int i = 0; i < sizes.length; i++) {
            result = along(result, i + 2, sizes[i]);
        }
        return result;
    }

    private static Tensor along(Tensor x, int axis, int count) {
        int size = x.size(axis);
        Tensor[] parts = new Tensor[count];
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * size / count);
            int to = (int) Math.ceilDiv((i + 1L) * size, (long) count);
            parts[i] = x.narrow(axis, from, to - from).amaxKeeping(axis);
        }
        return Tensor.cat(axis, parts);
    }
}
