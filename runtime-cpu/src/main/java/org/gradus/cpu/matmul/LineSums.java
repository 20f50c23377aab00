package org.gradus.cpu.matmul;

import org.gradus.cpu.vector.Warming;

/** Sums of neighbouring lines, each of which has an element in each row of a matrix. */
interface LineSums {
    /** The rows that are added at a time, so that sums are seldom read and written. */
    int ROWS = 8;

    /** The narrowest vectors for which there is vector code. */
    int VECTOR_BITS = 256;

    /** Plain code, until that with vectors is compiled. */
    Warming<LineSums> WARMING =
            new Warming<>(
                    new PlainLineSums(),
                    VECTOR_BITS,
                    () -> new VectorLineSums(),
                    new Exercise()::of);

    /** What the compiler must have seen: whole vectors, and what is left. */
    final class Exercise {
        private static final int LINES = 93;
        private static final int STRIDE = LINES + 4;

        private final float[] x = new float[ROWS * STRIDE + LINES];
        private final float[] factors = new float[ROWS + 1];
        private final float[] total = new float[LINES];

        private Exercise() {}

        private void of(LineSums sums) {
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
            float[] x, int offset, int stride, float[] factors, int first, int lines, float[] sums);
}
