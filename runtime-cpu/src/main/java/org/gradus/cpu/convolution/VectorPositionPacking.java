package org.gradus.cpu.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs with 256-bit vectors. A run is copied in whole vectors; what overhangs is overwritten by
 * the next run, the next row, or lies in the slack behind the panels.
 */
final class VectorPositionPacking extends PositionPacking {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    private static final int LANES = 8;

    @Override
    void packRun(
            float[] source, int start, int[] taps, int from, int depth, float[] target, int to) {
        for (int k = 0; k < depth; k++) {
            int s = start + taps[from + k];
            int t = to + k * WIDTH;
            FloatVector.fromArray(SPECIES, source, s).intoArray(target, t);
            FloatVector.fromArray(SPECIES, source, s + LANES).intoArray(target, t + LANES);
        }
    }

    @Override
    void packRuns(
            float[] source,
            int offset,
            int[] taps,
            int from,
            int depth,
            int runs,
            int[] starts,
            int[] places,
            float[] target,
            int to) {
        for (int k = 0; k < depth; k++) {
            int tap = offset + taps[from + k];
            int t = to + k * WIDTH;
            for (int run = 0; run < runs; run++) {
                int s = tap + starts[run];
                int place = t + places[run];
                FloatVector.fromArray(SPECIES, source, s).intoArray(target, place);
                if (places[run + 1] - places[run] > LANES) {
                    FloatVector.fromArray(SPECIES, source, s + LANES)
                            .intoArray(target, place + LANES);
                }
            }
        }
    }
}
