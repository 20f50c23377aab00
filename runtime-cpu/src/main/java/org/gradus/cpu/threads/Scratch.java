package org.gradus.cpu.threads;

import java.util.Arrays;

/**
 * Arrays that a thread uses again and again for intermediate results, so that kernels need not
 * allocate. Each thread has its own; an array may be lent to other threads for the time of a run.
 *
 * <p>Content is unspecified. Arrays only grow, and are collected with the scratch or the thread.
 */
public final class Scratch {
    private static final int SLACK_SHIFT = 3;

    private final ThreadLocal<float[][]> arrays;

    /**
     * Prepares scratch memory for a number of arrays per thread.
     *
     * @param slots how many arrays a thread may use at the same time
     */
    public Scratch(int slots) {
        var empty = new float[0];
        arrays =
                ThreadLocal.withInitial(
                        () -> {
                            var own = new float[slots][];
                            Arrays.fill(own, empty);
                            return own;
                        });
    }

    /**
     * Returns the calling thread's array in a slot, with at least {@code length} elements. It is
     * the same as the last one of this slot, or a larger one.
     */
    public float[] floats(int slot, int length) {
        float[][] own = arrays.get();
        if (own[slot].length < length) {
            own[slot] = new float[grown(length)];
        }
        return own[slot];
    }

    /** A little more than asked for, so that slowly growing sizes do not allocate each time. */
    private static int grown(int length) {
        long generous = (long) length + (length >> SLACK_SHIFT);
        return (int) Math.min(generous, Integer.MAX_VALUE - 8);
    }
}
