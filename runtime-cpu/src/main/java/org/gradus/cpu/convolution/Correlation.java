package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.vector.Lanes;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.cpu.vector.Warming;

/**
 * The innermost loops of convolutions that are computed without a matrix product: each element of
 * the window times a whole plane. A plane's rows are read with the zeros around them as one run. In
 * plain Java.
 */
class Correlation {
    /** Elements behind the results, and behind what is read, that may be touched. */
    static final int SLACK = 16;

    /** Partial sums of a dot product. */
    static final int LANES = 16;

    private static final int SMALLEST_BITS = 256;

    /** The partial sums that are used, as many as the vectors have lanes. */
    private static final int USED_LANES =
            VectorProvider.bits() >= SMALLEST_BITS ? Math.min(Lanes.COUNT, LANES) : LANES;

    private static final Warming<Correlation> WARMING =
            new Warming<>(
                    new Correlation(),
                    SMALLEST_BITS,
                    () -> new VectorCorrelation(),
                    new Exercise()::of);

    Correlation() {}

    /** Returns what is fastest now. */
    static Correlation best() {
        return WARMING.best();
    }

    /** What the compiler must have seen: blocks of four vectors, and what is left. */
    private static final class Exercise {
        private static final int DEPTH = 13;
        private static final int LENGTH = 100;

        private final float[] image = new float[LENGTH + SLACK];
        private final int[] taps = new int[DEPTH];
        private final float[] sums = new float[Math.max(DEPTH * LANES, LENGTH + SLACK)];

        void of(Correlation correlation) {
            correlation.weigh(image, taps, image, DEPTH, 0, LENGTH, sums);
            correlation.addProducts(image, taps, DEPTH, image, LENGTH, sums, 0);
        }
    }

    /**
     * Sets {@code sums[i]} to {@code bias} and, for each element of the window in order, its weight
     * times what it sees.
     *
     * @param taps where the elements' runs begin
     * @param depth how many elements there are
     * @param length how many sums
     */
    void weigh(
            float[] image,
            int[] taps,
            float[] weights,
            int depth,
            float bias,
            int length,
            float[] sums) {
        Arrays.fill(sums, 0, length, bias);
        for (int k = 0; k < depth; k++) {
            float weight = weights[k];
            int tap = taps[k];
            for (int i = 0; i < length; i++) {
                sums[i] = Math.fma(weight, image[tap + i], sums[i]);
            }
        }
    }

    /**
     * Adds to each element's partial sums the products of what it sees and a gradient. The partial
     * sums of element {@code k} begin at {@code at + k * LANES}.
     *
     * @param gradient followed by {@value #SLACK} zeros
     * @param taps where the elements' runs begin
     * @param length of the gradient
     */
    void addProducts(
            float[] image,
            int[] taps,
            int depth,
            float[] gradient,
            int length,
            float[] sums,
            int at) {
        for (int k = 0; k < depth; k++) {
            int tap = taps[k];
            for (int i = 0; i < length; i++) {
                int lane = at + k * LANES + i % USED_LANES;
                sums[lane] = Math.fma(gradient[i], image[tap + i], sums[lane]);
            }
        }
    }
}
