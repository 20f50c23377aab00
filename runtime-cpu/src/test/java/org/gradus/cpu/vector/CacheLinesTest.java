package org.gradus.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheLinesTest {
    private static final int LENGTH = CacheLines.SHORTEST + CacheLines.SLACK;

    static boolean hasVectors() {
        return VectorProvider.available();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 4096, 4111, 10_000})
    void startOfAnyArrayLiesWithinTheSlack(int length) {
        int start = CacheLines.best().start(new float[length]);
        assertTrue(start >= 0 && start < CacheLines.SLACK, () -> "start " + start);
        assertTrue(length >= LENGTH || start == 0, () -> "short arrays are not looked at");
    }

    /** Each place in turn is the fastest, in one of the repeats alone. */
    @EnabledIf("hasVectors")
    @Test
    void placeOfTheFastestLoadsIsFound() {
        int places = VectorProvider.bits() / Float.SIZE / TimedCacheLines.STEP;
        for (int fastest = 0; fastest < places * TimedCacheLines.REPEATS; fastest++) {
            Clock clock = new Clock(fastest);
            int start = new TimedCacheLines(clock::next).start(new float[LENGTH]);
            assertEquals(fastest % places * TimedCacheLines.STEP, start);
            assertEquals(2 * places * TimedCacheLines.REPEATS, clock.calls);
        }
    }

    /** Says that all loads take 100 ns, but one of them 90. */
    private static final class Clock {
        private final int fastest;
        private int calls;
        private long now;

        Clock(int fastest) {
            this.fastest = fastest;
        }

        long next() {
            boolean isEnd = calls % 2 == 1;
            now += !isEnd ? 7 : calls / 2 == fastest ? 90 : 100;
            calls++;
            return now;
        }
    }

    @EnabledIf("hasVectors")
    @ParameterizedTest
    @ValueSource(floats = {0, Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY})
    void nothingIsWritten(float content) {
        float[] array = new float[LENGTH];
        Arrays.fill(array, content);
        float[] before = array.clone();
        new TimedCacheLines().start(array);
        assertArrayEquals(before, array);
    }
}
