package org.gradus.cpu.vector;

import java.util.function.Consumer;

/**
 * Finds where the lines of the processor's caches begin in an array. A vector that lies across two
 * lines takes two accesses: products whose operand is read that way take 10 to 15 percent longer
 * with 512-bit vectors.
 *
 * <p>Java does not tell where an array lies, and the garbage collector moves it. How long loads
 * take does tell: those at the right place take two thirds of the time of all others. What is found
 * bears on speed alone, never on results.
 */
public abstract class CacheLines {
    /** Elements behind those that are used, so that they can begin at any line's start. */
    public static final int SLACK = 16;

    /** The shortest array that is looked at; where shorter ones lie does not matter. */
    static final int SHORTEST = 4096;

    private static final int SMALLEST_BITS = 256;

    private static final Warming<CacheLines> WARMING =
            new Warming<>(new Unknown(), SMALLEST_BITS, () -> new TimedCacheLines(), exercise());

    private static Consumer<CacheLines> exercise() {
        float[] array = new float[SHORTEST + SLACK];
        return lines -> lines.start(array);
    }

    /** Returns what serves best now. */
    public static CacheLines best() {
        return WARMING.best();
    }

    /**
     * Returns an index below {@value #SLACK} at which a line begins, or 0 if that is not known.
     *
     * @param array of any length and content
     */
    public abstract int start(float[] array);

    /** For processors where it does not matter, and until the timed loads are compiled. */
    private static final class Unknown extends CacheLines {
        @Override
        public int start(float[] array) {
            return 0;
        }
    }
}
