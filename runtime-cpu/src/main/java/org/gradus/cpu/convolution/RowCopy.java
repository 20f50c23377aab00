package org.gradus.cpu.convolution;

import org.gradus.cpu.vector.Warming;

/**
 * Copies rows of images, which are often shorter than a call of {@code System.arraycopy} is worth:
 * whole, every second element, or two rows into one in turns; and adds them. Source and target are
 * different parts of memory; nothing but the named elements is read or written. In plain Java.
 */
class RowCopy {
    private static final int SMALLEST_BITS = 256;

    private static final Warming<RowCopy> WARMING =
            new Warming<>(
                    new RowCopy(), SMALLEST_BITS, () -> new VectorRowCopy(), new Exercise()::of);

    RowCopy() {}

    /** Returns what is fastest now. */
    static RowCopy best() {
        return WARMING.best();
    }

    /** What the compiler must have seen: rows shorter than a vector, and longer ones. */
    private static final class Exercise {
        private static final int ROWS = 2;
        private static final int STRIDE = 80;
        private static final int[] LENGTHS = {3, 7, 14, 37};

        private final float[] source = new float[ROWS * STRIDE];
        private final float[] target = new float[ROWS * STRIDE];

        void of(RowCopy copy) {
            for (int length : LENGTHS) {
                copy.copy(source, 0, STRIDE, ROWS, length, target, 0, STRIDE);
                copy.add(source, 0, STRIDE, ROWS, length, target, 0, STRIDE);
                copy.halve(source, 0, STRIDE, ROWS, length, target, 0, STRIDE);
                copy.alternate(source, 0, 1, STRIDE, ROWS, length, target, 0, STRIDE);
            }
        }
    }

    /**
     * Copies elements of rows that lie some steps apart.
     *
     * @param fromStride the distance between rows of the source
     * @param rows how many there are
     * @param length how many elements of each are copied
     * @param step the distance between elements of the source; in the target they are neighbours
     * @param toStride the distance between rows of the target
     */
    final void take(
            float[] source,
            int from,
            int fromStride,
            int rows,
            int length,
            int step,
            float[] target,
            int to,
            int toStride) {
        switch (step) {
            case 1 -> copy(source, from, fromStride, rows, length, target, to, toStride);
            case 2 -> halve(source, from, fromStride, rows, length, target, to, toStride);
            default -> {
                for (int row = 0; row < rows; row++) {
                    int s = from + row * fromStride;
                    int t = to + row * toStride;
                    for (int i = 0; i < length; i++) {
                        target[t + i] = source[s + i * step];
                    }
                }
            }
        }
    }

    /** Copies rows as they are. */
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

    /** Adds rows to others. */
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

    /** Copies every second element of rows, {@code length} of each. */
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

    /**
     * Writes the elements of two rows in turns, beginning with the left one.
     *
     * @param length how many elements each of the two has
     */
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
