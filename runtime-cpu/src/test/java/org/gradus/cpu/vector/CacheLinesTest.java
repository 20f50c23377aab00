package org.gradus.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheLinesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 4096, 4111})
    void shortArraysBeginAtTheirBeginning(int length) {
        assertEquals(0, CacheLines.best().start(new float[length]));
        if (VectorProvider.available()) {
            assertEquals(0, new TimedCacheLines().start(new float[length]));
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {0, Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY})
    void startLiesWithinTheSlackAndNothingIsWritten(float content) {
        float[] array = new float[CacheLines.SHORTEST + CacheLines.SLACK];
        Arrays.fill(array, content);
        float[] before = array.clone();
        for (int i = 0; i < 100; i++) {
            int start = VectorProvider.available() ? new TimedCacheLines().start(array) : 0;
            assertTrue(start >= 0 && start < CacheLines.SLACK, () -> "start " + start);
            assertEquals(0, start % 2, "objects begin at multiples of 8 bytes");
        }
        assertArrayEquals(before, array);
    }

    @Test
    void plainCodeServesWhereTheVectorApiIsMissing() {
        int start = CacheLines.best().start(new float[10_000]);
        assertTrue(start >= 0 && start < CacheLines.SLACK);
    }
}
