package org.gradus.cpu.convolution;

/** Copies without the Vector API. */
final class ScalarRowCopy extends RowCopy {
    @Override
    void copy(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(source, from + row * fromStride, target, to + row * toStride, length);
        }
    }

    @Override
    void add(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int row = 0; row < rows; row++) {
            int s = from + row * fromStride;
            int t = to + row * toStride;
            for (int i = 0; i < length; i++) {
                target[t + i] += source[s + i];
            }
        }
    }

    @Override
    void halve(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int row = 0; row < rows; row++) {
            int s = from + row * fromStride;
            int t = to + row * toStride;
            for (int i = 0; i < length; i++) {
                target[t + i] = source[s + 2 * i];
            }
        }
    }

    @Override
    void alternate(
            float[] source,
            int left,
            int right,
            int fromStride,
            int rows,
            int length,
            float[] target,
            int to,
            int toStride) {
        for (int row = 0; row < rows; row++) {
            int s = row * fromStride;
            int t = to + row * toStride;
            for (int i = 0; i < length; i++) {
                target[t + 2 * i] = source[left + s + i];
                target[t + 2 * i + 1] = source[right + s + i];
            }
        }
    }
}
