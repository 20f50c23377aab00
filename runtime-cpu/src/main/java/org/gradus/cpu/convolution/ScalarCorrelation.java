package org.gradus.cpu.convolution;

import java.util.Arrays;

/** Without the Vector API. */
final class ScalarCorrelation extends Correlation {
    @Override
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

    @Override
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
