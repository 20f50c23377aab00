package org.gradus.cpu.matmul;

import org.gradus.cpu.vector.Warming;

/**
 * Sums of neighbouring lines, each of which has an element in each row of a matrix, in plain Java.
 */
class LineSums {
    /** The rows that are added at a time, so that sums are seldom read and written. */
    static final int ROWS = 8;

    /** The narrowest vectors for which there is vector code. */
    static final int VECTOR_BITS = 256;

    private static final Warming<LineSums> WARMING =
            new Warming<>(
                    new LineSums(), VECTOR_BITS, () -> new VectorLineSums(), new Exercise()::of);

    LineSums() {}

    /** Returns what is fastest now. */
    static LineSums best() {
        return WARMING.best();
    }

    /** What the compiler must have seen: whole vectors, and what is left. */
    private static final class Exercise {
        private static final int LINES = 93;
        private static final int STRIDE = LINES + 4;

        private final float[] x = new float[ROWS * STRIDE + LINES];
        private final float[] factors = new float[ROWS + 1];
        private final float[] total = new float[LINES];

        void of(LineSums sums) {
            sums.add(x, 1, STRIDE, factors, 1, LINES, total);
            sums.add(x, 0, STRIDE, factors, 0, LINES - 5, total);
        }
    }

    /**
     * Adds {@value #ROWS} rows of a matrix, each times a factor, one after the other.
     *
     * @param offset where the first row begins
     * @param stride the distance between rows
     * @param first the first row's index in {@code factors}
     * @param lines how many elements a row has
     * @param sums added to
     */
    void add(
            float[] x,
            int offset,
            int stride,
            float[] factors,
            int first,
            int lines,
            float[] sums) {
        for (int row = 0; row < ROWS; row++) {
            addRow(x, offset + row * stride, factors[first + row], 0, lines, sums);
        }
    }

    /** Adds the elements {@code [from, to)} of a row, times a factor. */
    static void addRow(float[] x, int offset, float factor, int from, int to, float[] sums) {
        for (int i = from; i < to; i++) {
            sums[i] += factor * x[offset + i];
        }
    }
}
