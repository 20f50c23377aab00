package org.gradus.cpu.convolution;

import java.util.Arrays;
import org.gradus.cpu.vector.VectorProvider;

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

    /** Returns the fastest for this processor. */
    static Correlation fastest() {
        return VectorProvider.bits() >= 256 ? new VectorCorrelation() : new Correlation();
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
                sums[i] += weight * image[tap + i];
            }
        }
    }

    /**
     * Adds to each element's partial sums the products of what it sees and a gradient. The partial
     * sums of element {@code k} begin at {@code k * LANES}.
     *
     * @param gradient followed by {@value #SLACK} zeros
     * @param taps where the elements' runs begin
     * @param length of the gradient
     */
    void addProducts(
            float[] image, int[] taps, int depth, float[] gradient, int length, float[] sums) {
        for (int k = 0; k < depth; k++) {
            int tap = taps[k];
            for (int i = 0; i < length; i++) {
                sums[k * LANES + i % LANES] += gradient[i] * image[tap + i];
            }
        }
    }
}
