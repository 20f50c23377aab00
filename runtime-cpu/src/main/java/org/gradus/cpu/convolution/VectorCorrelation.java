package org.gradus.cpu.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.VectorProvider;

/** With vectors as wide as the processor's, four at a time so that additions need not wait. */
final class VectorCorrelation extends Correlation {
    private static final VectorSpecies<Float> SPECIES =
            VectorProvider.bits() >= 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;
    private static final int WIDTH = SPECIES.length();

    /** The elements of the most frequent window: with all at once, gradients are read once. */
    private static final int NINE = 9;

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
            float[] image,
            int[] taps,
            int depth,
            float[] gradient,
            int length,
            float[] sums,
            int at) {
        int k = 0;
        for (; k + NINE <= depth; k += NINE) {
            int tap0 = taps[k];
            int tap1 = taps[k + 1];
            int tap2 = taps[k + 2];
            int tap3 = taps[k + 3];
            int tap4 = taps[k + 4];
            int tap5 = taps[k + 5];
            int tap6 = taps[k + 6];
            int tap7 = taps[k + 7];
            int tap8 = taps[k + 8];
            int to = at + k * LANES;
            FloatVector sum0 = FloatVector.fromArray(SPECIES, sums, to);
            FloatVector sum1 = FloatVector.fromArray(SPECIES, sums, to + LANES);
            FloatVector sum2 = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
            FloatVector sum3 = FloatVector.fromArray(SPECIES, sums, to + 3 * LANES);
            FloatVector sum4 = FloatVector.fromArray(SPECIES, sums, to + 4 * LANES);
            FloatVector sum5 = FloatVector.fromArray(SPECIES, sums, to + 5 * LANES);
            FloatVector sum6 = FloatVector.fromArray(SPECIES, sums, to + 6 * LANES);
            FloatVector sum7 = FloatVector.fromArray(SPECIES, sums, to + 7 * LANES);
            FloatVector sum8 = FloatVector.fromArray(SPECIES, sums, to + 8 * LANES);
            for (int i = 0; i < length; i += WIDTH) {
                FloatVector g = FloatVector.fromArray(SPECIES, gradient, i);
                sum0 = g.fma(FloatVector.fromArray(SPECIES, image, tap0 + i), sum0);
                sum1 = g.fma(FloatVector.fromArray(SPECIES, image, tap1 + i), sum1);
                sum2 = g.fma(FloatVector.fromArray(SPECIES, image, tap2 + i), sum2);
                sum3 = g.fma(FloatVector.fromArray(SPECIES, image, tap3 + i), sum3);
                sum4 = g.fma(FloatVector.fromArray(SPECIES, image, tap4 + i), sum4);
                sum5 = g.fma(FloatVector.fromArray(SPECIES, image, tap5 + i), sum5);
                sum6 = g.fma(FloatVector.fromArray(SPECIES, image, tap6 + i), sum6);
                sum7 = g.fma(FloatVector.fromArray(SPECIES, image, tap7 + i), sum7);
                sum8 = g.fma(FloatVector.fromArray(SPECIES, image, tap8 + i), sum8);
            }
            sum0.intoArray(sums, to);
            sum1.intoArray(sums, to + LANES);
            sum2.intoArray(sums, to + 2 * LANES);
            sum3.intoArray(sums, to + 3 * LANES);
            sum4.intoArray(sums, to + 4 * LANES);
            sum5.intoArray(sums, to + 5 * LANES);
            sum6.intoArray(sums, to + 6 * LANES);
            sum7.intoArray(sums, to + 7 * LANES);
            sum8.intoArray(sums, to + 8 * LANES);
        }
        for (; k + 3 <= depth; k += 3) {
            int first = taps[k];
            int second = taps[k + 1];
            int third = taps[k + 2];
            int to = at + k * LANES;
            FloatVector sum0 = FloatVector.fromArray(SPECIES, sums, to);
            FloatVector sum1 = FloatVector.fromArray(SPECIES, sums, to + LANES);
            FloatVector sum2 = FloatVector.fromArray(SPECIES, sums, to + 2 * LANES);
            for (int i = 0; i < length; i += WIDTH) {
                FloatVector g = FloatVector.fromArray(SPECIES, gradient, i);
                sum0 = g.fma(FloatVector.fromArray(SPECIES, image, first + i), sum0);
                sum1 = g.fma(FloatVector.fromArray(SPECIES, image, second + i), sum1);
                sum2 = g.fma(FloatVector.fromArray(SPECIES, image, third + i), sum2);
            }
            sum0.intoArray(sums, to);
            sum1.intoArray(sums, to + LANES);
            sum2.intoArray(sums, to + 2 * LANES);
        }
        for (; k < depth; k++) {
            int tap = taps[k];
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, at + k * LANES);
            for (int i = 0; i < length; i += WIDTH) {
                FloatVector g = FloatVector.fromArray(SPECIES, gradient, i);
                sum = g.fma(FloatVector.fromArray(SPECIES, image, tap + i), sum);
            }
            sum.intoArray(sums, at + k * LANES);
        }
    }
}
