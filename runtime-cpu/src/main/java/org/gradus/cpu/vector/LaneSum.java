package org.gradus.cpu.vector;

import jdk.incubator.vector.FloatVector;

/**
 * The sum of a vector's lanes, in an order that never changes; loaded only where the Vector API is.
 *
 * <p>The API's own {@code reduceLanes(ADD)} leaves the order open, and it does differ between code
 * that is interpreted and code that is compiled: the same run would give other bits whenever the
 * compiler is done a moment sooner.
 */
public final class LaneSum {
    private LaneSum() {}

    /** Returns the sum, by halves: lane {@code i} and lane {@code i + length / 2} first. */
    public static float of(FloatVector vector) {
        float[] lanes = vector.toArray();
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
