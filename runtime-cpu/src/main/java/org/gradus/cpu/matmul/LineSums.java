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
                    LineSums::exercise);

    private static void exercise(LineSums sums) {
        float[] x = new float[800];
        float[] factors = new float[ROWS + 1];
        float[] total = new float[93];
        sums.add(x, 1, 97, factors, 1, total.length, total);
        sums.add(x, 0, 97, factors, 0, total.length - 5, total);
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
