package org.gradus.data;

import java.lang.foreign.ValueLayout;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Linear interpolation along one axis after the other. Each new value is a weighted mean of old
 * ones; the weights fall linearly with the distance and reach zero after one old pixel when
 * growing, one new pixel when shrinking.
 */
final class Resampling {
    private Resampling() {}

    static HostArray resize(HostArray image, int height, int width) {
        int channels = image.shape().size(0);
        int oldHeight = image.shape().size(1);
        int oldWidth = image.shape().size(2);
        float[] rows = along(image.toFloats(), channels * oldHeight, oldWidth, 1, width);
        float[] all = along(rows, channels, oldHeight, width, height);
        HostArray result =
                HostArray.ofBytes(new byte[all.length], Shape.of(channels, height, width));
        for (int i = 0; i < all.length; i++) {
            // Means of bytes: rounding cannot leave their range.
            result.data().set(ValueLayout.JAVA_BYTE, i, (byte) Math.round(all[i]));
        }
        return result;
    }

    /** Resamples the middle axis of {@code [outer, size, inner]}. */
    private static float[] along(float[] values, int outer, int size, int inner, int newSize) {
        if (size == newSize) {
            return values;
        }
        double scale = (double) size / newSize;
        double reach = Math.max(scale, 1);
        float[] result = new float[outer * newSize * inner];
        for (int to = 0; to < newSize; to++) {
            double center = (to + 0.5) * scale;
            int first = Math.max(0, (int) (center - reach + 0.5));
            int end = Math.min(size, (int) (center + reach + 0.5));
            float[] weights = weights(center, reach, first, end);
            for (int o = 0; o < outer; o++) {
                for (int i = 0; i < inner; i++) {
                    float sum = 0;
                    for (int from = first; from < end; from++) {
                        sum += weights[from - first] * values[(o * size + from) * inner + i];
                    }
                    result[(o * newSize + to) * inner + i] = sum;
                }
            }
        }
        return result;
    }

    private static float[] weights(double center, double reach, int first, int end) {
        double[] weights = new double[end - first];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.max(0, 1 - Math.abs((first + i + 0.5 - center) / reach));
            sum += weights[i];
        }
        float[] result = new float[weights.length];
        for (int i = 0; i < weights.length; i++) {
            result[i] = (float) (weights[i] / sum);
        }
        return result;
    }
}
