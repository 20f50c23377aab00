package org.gradus.dtype;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    private static final int SIZE = 160;

    /** Memory of all kinds, of {@value #SIZE} bytes each. */
    private static List<MemorySegment> segments(Arena arena) {
        return List.of(
                MemorySegment.ofArray(new float[SIZE / 4]),
                MemorySegment.ofArray(new float[SIZE]).asSlice(12, SIZE),
                MemorySegment.ofArray(new byte[SIZE]),
                MemorySegment.ofArray(new short[SIZE / 2]),
                MemorySegment.ofArray(new char[SIZE / 2]),
                MemorySegment.ofArray(new int[SIZE / 4]),
                MemorySegment.ofArray(new long[SIZE / 8]),
                MemorySegment.ofArray(new double[SIZE / 8]),
                arena.allocate(SIZE));
    }

    @Test
    void anyBytesGoFromAnyMemoryToAny() {
        try (Arena arena = Arena.ofConfined()) {
            for (MemorySegment source : segments(arena)) {
                for (int i = 0; i < SIZE; i++) {
                    source.set(ValueLayout.JAVA_BYTE, i, (byte) (i + 1));
                }
                for (MemorySegment target : segments(arena)) {
                    for (int bytes : new int[] {0, 1, 3, 4, 8, 12, 24, 28, 60, 63, 64, 65, 100}) {
                        for (int from : new int[] {0, 4, 5, 8, 60}) {
                            check(source, from, target, 60 - from / 2, bytes);
                        }
                    }
                }
            }
        }
    }

    private static void check(
            MemorySegment source, int from, MemorySegment target, int to, int bytes) {
        target.fill((byte) -1);
        HostMemory.copy(source, from, target, to, bytes);
        for (int i = 0; i < SIZE; i++) {
            boolean copied = i >= to && i < to + bytes;
            int expected = copied ? from + i - to + 1 : 255;
            assertEquals((byte) expected, target.get(ValueLayout.JAVA_BYTE, i));
        }
    }

    @Test
    void nothingIsCopiedFromOrToBeyondASlice() {
        var values = MemorySegment.ofArray(new float[20]);
        var slice = values.asSlice(8, 16);
        List<Runnable> mistakes = new ArrayList<>();
        mistakes.add(() -> HostMemory.copy(slice, 8, values, 40, 12));
        mistakes.add(() -> HostMemory.copy(values, 40, slice, 8, 12));
        mistakes.add(() -> HostMemory.copy(values, -4, slice, 0, 8));
        for (Runnable mistake : mistakes) {
            assertThrows(IndexOutOfBoundsException.class, mistake::run);
        }
    }

    @Test
    void readOnlyMemoryIsReadAsWell() {
        float[] result = new float[3];
        var source = MemorySegment.ofArray(new float[] {1, 2, 3, 4}).asReadOnly();
        HostMemory.copy(source, 4, MemorySegment.ofArray(result), 0, 12);
        assertArrayEquals(new float[] {2, 3, 4}, result);
        assertArrayEquals(
                new byte[] {7, 8}, HostMemory.bytes(MemorySegment.ofArray(new byte[] {7, 8})));
    }
}
