package org.gradus.cpu.pooling;

import org.gradus.cpu.vector.Warming;

/**
 * The maxima of windows of two by two elements that lie side by side, and where they are, as {@link
 * Maximum} defines them, in plain Java.
 */
class PairMaximum {
    private static final int SMALLEST_BITS = 256;

    private static final Warming<PairMaximum> WARMING =
            new Warming<>(
                    new PairMaximum(),
                    SMALLEST_BITS,
                    () -> new VectorPairMaximum(),
                    new Exercise()::of);

    PairMaximum() {}

    /** Returns what is fastest now. */
    static PairMaximum best() {
        return WARMING.best();
    }

    /** What the compiler must have seen: rows of whole vectors, others, and shorter ones. */
    private static final class Exercise {
        private static final int[] WINDOWS = {5, 14, 16};

        private final float[] input = new float[32];
        private final float[] output = new float[16];
        private final long[] indices = new long[16];

        void of(PairMaximum maximum) {
            for (int windows : WINDOWS) {
                maximum.row(input, 0, 0, windows, 0, 32, output, 0, indices, 0);
            }
        }
    }

    /**
     * Computes a row.
     *
     * @param upper where the first window's upper elements begin
     * @param lower where its lower elements begin
     * @param windows how many there are
     * @param flat the index in the plane of the first window's first element
     * @param width of the plane
     */
    void row(
            float[] input,
            int upper,
            int lower,
            int windows,
            int flat,
            int width,
            float[] output,
            int to,
            long[] indices,
            int indexTo) {
        for (int i = 0; i < windows; i++) {
            one(
                    input,
                    upper + 2 * i,
                    lower + 2 * i,
                    flat + 2 * i,
                    width,
                    output,
                    to + i,
                    indices,
                    indexTo + i);
        }
    }

    /** Computes one window; the parameters are those of a row. */
    static void one(
            float[] input,
            int upper,
            int lower,
            int flat,
            int width,
            float[] output,
            int to,
            long[] indices,
            int indexTo) {
        float a = input[upper];
        float b = input[upper + 1];
        float c = input[lower];
        float d = input[lower + 1];
        float best = Math.max(Math.max(a, b), Math.max(c, d)) + 0f;
        int at = c == best ? width : width + 1;
        at = b == best ? 1 : at;
        at = a == best ? 0 : at;
        if (best != best) {
            at = a != a ? 0 : b != b ? 1 : c != c ? width : width + 1;
        }
        output[to] = best;
        indices[indexTo] = flat + at;
    }
}
