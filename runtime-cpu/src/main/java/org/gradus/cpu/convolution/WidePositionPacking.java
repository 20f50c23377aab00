package org.gradus.cpu.convolution;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs with 512-bit vectors. A panel's row is one vector: each of up to four runs is read such
 * that it lies in its lanes, and they are blended. Rows of three or fewer positions give more runs.
 */
final class WidePositionPacking extends PositionPacking {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

    private final VectorPositionPacking manyRuns = new VectorPositionPacking();

    @Override
    void packRun(
            float[] source, int start, int[] taps, int from, int depth, float[] target, int to) {
        for (int k = 0; k < depth; k++) {
            FloatVector.fromArray(SPECIES, source, start + taps[from + k])
                    .intoArray(target, to + k * WIDTH);
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
        int first = offset + starts[0];
        int second = offset + starts[1] - places[1];
        switch (runs) {
            case 2 -> packTwo(source, first, second, places, taps, from, depth, target, to);
            case 3 -> {
                int third = offset + starts[2] - places[2];
                packThree(source, first, second, third, places, taps, from, depth, target, to);
            }
            case 4 -> {
                int third = offset + starts[2] - places[2];
                int fourth = offset + starts[3] - places[3];
                packFour(
                        source, first, second, third, fourth, places, taps, from, depth, target,
                        to);
            }
            default ->
                    manyRuns.packRuns(
                            source, offset, taps, from, depth, runs, starts, places, target, to);
        }
    }

    private static void packTwo(
            float[] source,
            int first,
            int second,
            int[] places,
            int[] taps,
            int from,
            int depth,
            float[] target,
            int to) {
        VectorMask<Float> inSecond = from(places[1]);
        for (int k = 0; k < depth; k++) {
            int tap = taps[from + k];
            FloatVector.fromArray(SPECIES, source, first + tap)
                    .blend(FloatVector.fromArray(SPECIES, source, second + tap), inSecond)
                    .intoArray(target, to + k * WIDTH);
        }
    }

    private static void packThree(
            float[] source,
            int first,
            int second,
            int third,
            int[] places,
            int[] taps,
            int from,
            int depth,
            float[] target,
            int to) {
        VectorMask<Float> inSecond = from(places[1]);
        VectorMask<Float> inThird = from(places[2]);
        for (int k = 0; k < depth; k++) {
            int tap = taps[from + k];
            FloatVector.fromArray(SPECIES, source, first + tap)
                    .blend(FloatVector.fromArray(SPECIES, source, second + tap), inSecond)
                    .blend(FloatVector.fromArray(SPECIES, source, third + tap), inThird)
                    .intoArray(target, to + k * WIDTH);
        }
    }

    private static void packFour(
            float[] source,
            int first,
            int second,
            int third,
            int fourth,
            int[] places,
            int[] taps,
            int from,
            int depth,
            float[] target,
            int to) {
        VectorMask<Float> inSecond = from(places[1]);
        VectorMask<Float> inThird = from(places[2]);
        VectorMask<Float> inFourth = from(places[3]);
        for (int k = 0; k < depth; k++) {
            int tap = taps[from + k];
            FloatVector.fromArray(SPECIES, source, first + tap)
                    .blend(FloatVector.fromArray(SPECIES, source, second + tap), inSecond)
                    .blend(FloatVector.fromArray(SPECIES, source, third + tap), inThird)
                    .blend(FloatVector.fromArray(SPECIES, source, fourth + tap), inFourth)
                    .intoArray(target, to + k * WIDTH);
        }
    }

    /** Returns the mask of the lanes from a place on. */
    private static VectorMask<Float> from(int place) {
        return VectorMask.fromLong(SPECIES, 0xFFFFL << place & 0xFFFFL);
    }
}
