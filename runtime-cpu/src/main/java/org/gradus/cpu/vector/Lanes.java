package org.gradus.cpu.vector;

/**
 * Partial sums as vectors keep them, in plain Java: one for each lane of a preferred vector. Plain
 * and vector code then give the same bits.
 */
public final class Lanes {
    /** Where there are no vectors. */
    private static final int DEFAULT_COUNT = 8;

    /** How many partial sums: the lanes of a preferred vector. */
    public static final int COUNT =
            VectorProvider.available() ? VectorProvider.bits() / Float.SIZE : DEFAULT_COUNT;

    private Lanes() {}

    /**
     * Returns the sum of the first {@link #COUNT} partial sums, in the order of {@link LaneSum}: by
     * halves, the first of one half and the first of the other at first. Overwrites them.
     */
    public static float sum(float[] sums) {
        return sum(sums, 0);
    }

    /** Returns the sum of the {@link #COUNT} partial sums from a place on, as {@link #sum} does. */
    public static float sum(float[] sums, int at) {
        for (int half = COUNT / 2; half > 0; half /= 2) {
            for (int lane = at; lane < at + half; lane++) {
                sums[lane] += sums[lane + half];
            }
        }
        return sums[at];
    }
}
