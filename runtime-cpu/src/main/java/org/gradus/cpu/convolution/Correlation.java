package org.gradus.cpu.convolution;

import org.gradus.cpu.vector.VectorProvider;

/**
 * The innermost loops of convolutions that are computed without a matrix product: each element of
 * the window times a whole plane. A plane's rows are read with the zeros around them as one run.
 */
abstract class Correlation {
    /** Elements behind the results, and behind what is read, that may be touched. */
    static final int SLACK = 16;

    /** Partial sums of a dot product. */
    static final int LANES = 16;

    /** Returns the fastest for this processor. */
    static Correlation fastest() {
        return VectorProvider.bits() >= 256 ? new VectorCorrelation() : new ScalarCorrelation();
    }

    /**
     * Sets {@code sums[i]} to {@code bias} and, for each element of the window in order, its weight
     * times what it sees.
     *
     * @param taps where the elements' runs begin
     * @param depth how many elements there are
     * @param length how many sums
     */
    abstract void weigh(
            float[] image,
            int[] taps,
            float[] weights,
            int depth,
            float bias,
            int length,
            float[] sums);

    /**
     * Adds to each element's partial sums the products of what it sees and a gradient. The partial
     * sums of element {@code k} begin at {@code k * LANES}.
     *
     * @param gradient followed by {@value #SLACK} zeros
     * @param taps where the elements' runs begin
     * @param length of the gradient
     */
    abstract void addProducts(
            float[] image, int[] taps, int depth, float[] gradient, int length, float[] sums);
}
