package org.gradus.nn;

import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/** What lies beyond the edge of an image, as PyTorch names it; letters show the edge of abcd. */
public enum PaddingMode {
    /** Zeros: {@code 00abcd00}. */
    ZEROS,
    /** The mirror image without the edge itself: {@code cbabcdcb}. */
    REFLECT,
    /** The edge again and again: {@code aaabcddd}. */
    REPLICATE,
    /** The other end: {@code cdabcdab}. */
    CIRCULAR;

    /** Returns an image {@code [batch, channels, spatial...]} wider at both ends of each axis. */
    Tensor pad(Tensor image, int[] before, int[] after) {
        Tensor padded = image;
        for (int i = 0; i < before.length; i++) {
            if (before[i] > 0 || after[i] > 0) {
                padded = pad(padded, image.rank() - before.length + i, before[i], after[i]);
            }
        }
        return padded;
    }

    private Tensor pad(Tensor x, int axis, int before, int after) {
        int size = x.size(axis);
        int most = this == REFLECT ? size - 1 : this == CIRCULAR ? size : Integer.MAX_VALUE;
        if (Math.max(before, after) > most || size == 0) {
            throw new TensorException(
                    "padding by %d and %d with %s: axis %d of an input of shape %s is too short"
                            .formatted(before, after, name(), axis, x.shape()));
        }
        Tensor first = x.narrow(axis, 0, 1);
        Tensor last = x.narrow(axis, size - 1, 1);
        return switch (this) {
            case ZEROS -> x.pad(0, widthsUpTo(x.rank() - 1 - axis, before, after));
            case REFLECT ->
                    Tensor.cat(
                            axis,
                            x.narrow(axis, 1, before).flip(axis),
                            x,
                            x.narrow(axis, size - 1 - after, after).flip(axis));
            case REPLICATE ->
                    Tensor.cat(
                            axis,
                            first.expand(x.shape().with(axis, before)),
                            x,
                            last.expand(x.shape().with(axis, after)));
            case CIRCULAR ->
                    Tensor.cat(
                            axis,
                            x.narrow(axis, size - before, before),
                            x,
                            x.narrow(axis, 0, after));
        };
    }

    /** Returns the argument of {@link Tensor#pad} for one axis, counted from the last. */
    private static int[] widthsUpTo(int fromLast, int before, int after) {
        int[] widths = new int[2 * fromLast + 2];
        widths[2 * fromLast] = before;
        widths[2 * fromLast + 1] = after;
        return widths;
    }
}
