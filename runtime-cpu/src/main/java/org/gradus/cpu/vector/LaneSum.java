package org.gradus.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum of a preferred vector's lanes, in an order that never changes; loaded only where the
 * Vector API is.
 *
 * <p>The API's own {@code reduceLanes(ADD)} leaves the order open, and it does differ between code
 * that is interpreted and code that is compiled: the same run would give other bits whenever the
 * compiler is done a moment sooner.
 */
public final class LaneSum {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private static final VectorShuffle<Float> BY_EIGHT = exchange(8);
    private static final VectorShuffle<Float> BY_FOUR = exchange(4);
    private static final VectorShuffle<Float> BY_TWO = exchange(2);
    private static final VectorShuffle<Float> BY_ONE = exchange(1);

    private LaneSum() {}

    private static VectorShuffle<Float> exchange(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
    }

    /** Returns the sum, by halves: lane {@code i} and lane {@code i + length / 2} first. */
    public static float of(FloatVector vector) {
        FloatVector sum = vector;
        if (LANES > 16) {
            return Lanes.sum(vector.toArray());
        }
        if (LANES > 8) {
            sum = sum.add(sum.rearrange(BY_EIGHT));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(BY_FOUR));
        }
        if (LANES > 2) {
            sum = sum.add(sum.rearrange(BY_TWO));
        }
        return sum.add(sum.rearrange(BY_ONE)).lane(0);
    }

    /**
     * Replaces the lanes of several vectors, one behind the other, by their sums: the vector that
     * begins at {@code i * length} by a sum at {@code i}. Takes them from memory, so that none is
     * put on the heap where the compiler does not inline the call.
     */
    public static void ofEach(float[] lanes, int count) {
        for (int i = 0; i < count; i++) {
            if (LANES > 16) {
                lanes[i] = Lanes.sum(lanes, i * LANES);
                continue;
            }
            FloatVector sum = FloatVector.fromArray(SPECIES, lanes, i * LANES);
            if (LANES > 8) {
                sum = sum.add(sum.rearrange(BY_EIGHT));
            }
            if (LANES > 4) {
                sum = sum.add(sum.rearrange(BY_FOUR));
            }
            if (LANES > 2) {
                sum = sum.add(sum.rearrange(BY_TWO));
            }
            lanes[i] = sum.add(sum.rearrange(BY_ONE)).lane(0);
        }
    }
}
