package org.gradus.cpu.normalization;

import org.gradus.cpu.FloatRows;
import org.gradus.device.View;

/**
 * The gradients of weights and biases, gathered by parts of the rows. Each part has arrays of its
 * own: in neighbouring places of one, threads would take a cache line from each other at every row.
 */
final class ParameterSums {
    /** The most parts. */
    private static final int MAX_PARTS = 64;

    private final float[][] weights;
    private final float[][] biases;

    /** Prepares for so many parts. */
    ParameterSums(int parts) {
        weights = new float[parts][];
        biases = new float[parts][];
    }

    /** Returns how many rows a part must have at least, of so many in all. */
    static int leastRows(int outer) {
        return Math.ceilDiv(outer, MAX_PARTS);
    }

    /** Sets the sums of a part. */
    void set(int part, float[] weightSums, float[] biasSums) {
        weights[part] = weightSums;
        biases[part] = biasSums;
    }

    /** Stores the sums for the weights. */
    void storeWeights(View gradient) {
        store(weights, gradient);
    }

    /** Stores the sums for the biases. */
    void storeBiases(View gradient) {
        store(biases, gradient);
    }

    /** Adds up the parts' sums in order. */
    private static void store(float[][] parts, View gradient) {
        int n = (int) gradient.elements();
        double[] sums = new double[n];
        for (float[] part : parts) {
            for (int i = 0; i < n; i++) {
                sums[i] += part[i];
            }
        }
        FloatRows target = FloatRows.of(gradient, n);
        for (int i = 0; i < n; i++) {
            target.array()[target.offset() + i] = (float) sums[i];
        }
    }
}
