package org.gradus.tensor;

import java.util.Locale;
import org.gradus.shape.Shape;

/** Tensors as people read them. */
final class TensorText {
    private TensorText() {}

    /** Returns type, shape and values in nested brackets. */
    static String of(Tensor tensor) {
        HostArray host = tensor.toHost();
        StringBuilder text = new StringBuilder();
        text.append(tensor.dtype()).append(tensor.shape()).append(' ');
        append(text, host, tensor.shape(), 0, new long[] {0});
        return text.toString();
    }

    private static void append(
            StringBuilder text, HostArray host, Shape shape, int axis, long[] position) {
        if (axis == shape.rank()) {
            double value = host.get(position[0]++);
            text.append(
                    host.dtype().isFloating()
                            ? String.format(Locale.ROOT, "%.6g", value)
                            : String.valueOf((long) value));
            return;
        }
        text.append('[');
        for (int i = 0; i < shape.size(axis); i++) {
            text.append(i == 0 ? "" : ", ");
            append(text, host, shape, axis + 1, position);
        }
        text.append(']');
    }
}
