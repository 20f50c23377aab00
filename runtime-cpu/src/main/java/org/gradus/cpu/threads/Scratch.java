package org.gradus.cpu.threads;

import java.util.Arrays;
import java.util.function.ToIntFunction;
import org.gradus.cpu.vector.CacheLines;

/**
 * Arrays that a thread uses again and again for intermediate results, so that kernels need not
 * allocate. Each thread has its own; an array may be lent to other threads for the time of a run.
 *
 * <p>Content is unspecified. Arrays only grow, and are collected with the scratch or the thread.
 */
public final class Scratch {
    private static final int SLACK_SHIFT = 3;

    /** For so long the start of a line is taken to be where it was. */
    private static final long VALID_NANOS = 100_000_000;

    private final ThreadLocal<float[][]> arrays;
    private final ThreadLocal<Room[]> rooms;
    private final ToIntFunction<float[]> lineStart;

    /**
     * Prepares scratch memory for a number of arrays per thread.
     *
     * @param slots how many arrays a thread may use at the same time
     */
    public Scratch(int slots) {
        this(slots, array -> CacheLines.best().start(array));
    }

    /** Prepares scratch memory whose rooms begin where the given function says. */
    Scratch(int slots, ToIntFunction<float[]> lineStart) {
        this.lineStart = lineStart;
        var empty = new float[0];
        arrays =
                ThreadLocal.withInitial(
                        () -> {
                            var own = new float[slots][];
                            Arrays.fill(own, empty);
                            return own;
                        });
        rooms = ThreadLocal.withInitial(() -> new Room[slots]);
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

    /**
     * Returns room in the calling thread's array in a slot that begins where a line of the caches
     * does, as far as that is known, for what is read in vectors many times.
     *
     * <p>A slot is used for rooms or for {@link #floats}, not for both.
     */
    public Room room(int slot, int length) {
        Room[] own = rooms.get();
        Room last = own[slot];
        int least = length + CacheLines.SLACK;
        if (last == null || last.array.length < least) {
            last = found(new float[grown(least)]);
            own[slot] = last;
        } else if (System.nanoTime() - last.found > VALID_NANOS) {
            // the garbage collector may have moved it
            last = found(last.array);
            own[slot] = last;
        }
        return last;
    }

    private Room found(float[] array) {
        return new Room(array, lineStart.applyAsInt(array), System.nanoTime());
    }

    /**
     * Part of an array, from some element on.
     *
     * @param array of unspecified content
     * @param start the first element
     * @param found when that was, as {@link System#nanoTime()} counts
     */
    public record Room(float[] array, int start, long found) {}

    /** A little more than asked for, so that slowly growing sizes do not allocate each time. */
    private static int grown(int length) {
        long generous = (long) length + (length >> SLACK_SHIFT);
        return (int) Math.min(generous, Integer.MAX_VALUE - 8);
    }
}
