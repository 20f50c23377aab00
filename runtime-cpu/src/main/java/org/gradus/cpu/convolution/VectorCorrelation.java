package org.gradus.cpu.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.VectorProvider;

/** With vectors as wide as the processor's, four at a time so that additions need not wait. */
final class VectorCorrelation extends Correlation {
    private static final VectorSpecies<Float> SPECIES =
            VectorProvider.bits() >= 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;
    private static final int WIDTH = SPECIES.length();

    @Override
    void weigh(
            float[] image,
            int[] taps,
            float[] weights,
            int depth,
            float bias,
            int length,
            float[] sums) {
        int i = 0;
        for (; i + 4 * WIDTH <= length; i += 4 * WIDTH) {
            FloatVector sum0 = FloatVector.broadcast(SPECIES, bias);
            FloatVector sum1 = sum0;
            FloatVector sum2 = sum0;
            FloatVector sum3 = sum0;
            for (int k = 0; k < depth; k++) {
                FloatVector weight = FloatVector.broadcast(SPECIES, weights[k]);
                int at = taps[k] + i;
                sum0 = weight.fma(FloatVector.fromArray(SPECIES, image, at), sum0);
                sum1 = weight.fma(FloatVector.fromArray(SPECIES, image, at + WIDTH), sum1);
                sum2 = weight.fma(FloatVector.fromArray(SPECIES, image, at + 2 * WIDTH), sum2);
                sum3 = weight.fma(FloatVector.fromArray(SPECIES, image, at + 3 * WIDTH), sum3);
            }
            sum0.intoArray(sums, i);
            sum1.intoArray(sums, i + WIDTH);
            sum2.intoArray(sums, i + 2 * WIDTH);
            sum3.intoArray(sums, i + 3 * WIDTH);
        }
        for (; i < length; i += WIDTH) {
            FloatVector sum = FloatVector.broadcast(SPECIES, bias);
            for (int k = 0; k < depth; k++) {
                FloatVector weight = FloatVector.broadcast(SPECIES, weights[k]);
                sum = weight.fma(FloatVector.fromArray(SPECIES, image, taps[k] + i), sum);
            }
            sum.intoArray(sums, i);
        }
    }

    @Override
    void addProducts(
            float[] image, int[] taps, int depth, float[] gradient, int length, float[] sums) {
        int k = 0;
        for (; k + 3 <= depth; k += 3) {
            int first = taps[k];
            int second = taps[k + 1];
            int third = taps[k + 2];
            FloatVector sum0 = FloatVector.fromArray(SPECIES, sums, k * LANES);
            FloatVector sum1 = FloatVector.fromArray(SPECIES, sums, (k + 1) * LANES);
            FloatVector sum2 = FloatVector.fromArray(SPECIES, sums, (k + 2) * LANES);
            for (int i = 0; i < length; i += WIDTH) {
                FloatVector g = FloatVector.fromArray(SPECIES, gradient, i);
                sum0 = g.fma(FloatVector.fromArray(SPECIES, image, first + i), sum0);
                sum1 = g.fma(FloatVector.fromArray(SPECIES, image, second + i), sum1);
                sum2 = g.fma(FloatVector.fromArray(SPECIES, image, third + i), sum2);
            }
            sum0.intoArray(sums, k * LANES);
            sum1.intoArray(sums, (k + 1) * LANES);
            sum2.intoArray(sums, (k + 2) * LANES);
        }
        for (; k < depth; k++) {
            int tap = taps[k];
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, k * LANES);
            for (int i = 0; i < length; i += WIDTH) {
                FloatVector g = FloatVector.fromArray(SPECIES, gradient, i);
                sum = g.fma(FloatVector.fromArray(SPECIES, image, tap + i), sum);
            }
            sum.intoArray(sums, k * LANES);
        }
    }
}
