package org.gradus.cpu.vector;

import java.util.function.LongSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Times loads of preferred vectors; loaded only where the Vector API is. */
final class TimedCacheLines extends CacheLines {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    /** Objects begin at multiples of 8 bytes. */
    static final int STEP = 2;

    /** Vectors that do not wait for each other, so that nothing but the loads takes time. */
    private static final int TOGETHER = 4;

    /** The second time all is in the first-level cache, the third is for interruptions. */
    static final int REPEATS = 3;

    private final LongSupplier clock;

    /** Keeps the compiler from leaving out the loads. */
    private int seen;

    TimedCacheLines() {
        this(System::nanoTime);
    }

    /** Takes the time, in nanoseconds, from the given clock: once before loads and once after. */
    TimedCacheLines(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public int start(float[] array) {
        if (array.length < SHORTEST + SLACK) {
            return 0;
        }
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            for (int at = 0; at < LANES; at += STEP) {
                long before = clock.getAsLong();
                seen = load(array, at);
                long nanos = clock.getAsLong() - before;
                if (nanos < least) {
                    least = nanos;
                    best = at;
                }
            }
        }
        return best;
    }

    /** Loads as integers: some floats take longer than others. */
    private static int load(float[] array, int at) {
        IntVector bits0 = FloatVector.fromArray(SPECIES, array, at).reinterpretAsInts();
        IntVector bits1 = bits0;
        IntVector bits2 = bits0;
        IntVector bits3 = bits0;
        for (int i = 0; i <= SHORTEST - TOGETHER * LANES; i += TOGETHER * LANES) {
            int next = at + i;
            bits0 = bits0.or(FloatVector.fromArray(SPECIES, array, next).reinterpretAsInts());
            next += LANES;
            bits1 = bits1.or(FloatVector.fromArray(SPECIES, array, next).reinterpretAsInts());
            next += LANES;
            bits2 = bits2.or(FloatVector.fromArray(SPECIES, array, next).reinterpretAsInts());
            next += LANES;
            bits3 = bits3.or(FloatVector.fromArray(SPECIES, array, next).reinterpretAsInts());
        }
        return bits0.or(bits1).or(bits2.or(bits3)).lane(0);
    }
}
