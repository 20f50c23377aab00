package org.gradus.nn;

import java.util.Arrays;
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
    Tensor pad(Tensor image, int[] widths) {
        Tensor padded = image;
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] > 0) {
                padded = pad(padded, i + 2, widths[i]);
            }
        }
        return padded;
    }

    private Tensor pad(Tensor x, int axis, int width) {
        int size = x.size(axis);
        int most = this == REFLECT ? size - 1 : this == CIRCULAR ? size : Integer.MAX_VALUE;
        if (width > most || size == 0) {
            throw new TensorException(
                    "padding by %d with %s: axis %d of an input of shape %s is too short"
                            .formatted(width, name(), axis, x.shape()));
        }
        return switch (this) {
            case ZEROS -> x.pad(0, widthsUpTo(x.rank() - 1 - axis, width));
            case REFLECT ->
                    Tensor.cat(
                            axis,
                            x.narrow(axis, 1, width).flip(axis),
                            x,
                            x.narrow(axis, size - 1 - width, width).flip(axis));
            case REPLICATE ->
                    Tensor.cat(
                            axis,
                            x.narrow(axis, 0, 1).expand(x.shape().with(axis, width)),
                            x,
                            x.narrow(axis, size - 1, 1).expand(x.shape().with(axis, width)));
            case CIRCULAR ->
                    Tensor.cat(
                            axis, x.narrow(axis, size - width, width), x, x.narrow(axis, 0, width));
        };
    }

    /** Returns the argument of {@link Tensor#pad} for one axis, counted from the last. */
    private static int[] widthsUpTo(int fromLast, int width) {
        int[] widths = new int[2 * fromLast + 2];
        Arrays.fill(widths, 2 * fromLast, widths.length, width);
        return widths;
    }
}
