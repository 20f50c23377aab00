package org.gradus.cpu.pointwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PhiloxTest {
    /** The vectors of the file kat_vectors of Random123. */
    @Test
    void blocksMatchTheKnownAnswersOfRandom123() {
        int[] zeros = new int[4];
        Philox.block(zeros, 0, 0);
        assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, zeros);

        int[] ones = {-1, -1, -1, -1};
        Philox.block(ones, -1, -1);
        assertArrayEquals(new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, ones);

        int[] pi = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
        Philox.block(pi, 0xa4093822, 0x299f31d0);
        assertArrayEquals(new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, pi);
    }

    static Stream<Philox> generators() {
        return VectorProvider.available()
                ? Stream.of(new Philox(), new VectorPhilox())
                : Stream.of(new Philox());
    }

    @ParameterizedTest
    @MethodSource("generators")
    void aRunOfCountersGivesTheSameBitsAsEachByItself(Philox philox) {
        for (long base : new long[] {0, 1, 3, 1L << 33, -7, (1L << 34) - 2}) {
            for (int n : new int[] {1, 2, 3, 5, 64, 1023, 1024}) {
                long[] keys = new long[n];
                long[] counters = new long[n];
                for (int i = 0; i < n; i++) {
                    keys[i] = 0x1234567_89abcdefL;
                    counters[i] = base + i;
                }
                int[] bits = new int[n];
                philox.bits(bits, keys, counters, n);
                for (int i = 0; i < n; i++) {
                    assertEquals(expected(keys[i], counters[i]), bits[i]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("generators")
    void scatteredCountersAndKeysAreEachTheirOwn(Philox philox) {
        int n = 500;
        long[] keys = new long[n];
        long[] counters = new long[n];
        for (int i = 0; i < n; i++) {
            keys[i] = i % 3;
            counters[i] = i * 0x9E3779B97F4A7C15L;
        }
        int[] bits = new int[n];
        philox.bits(bits, keys, counters, n);
        for (int i = 0; i < n; i++) {
            assertEquals(expected(keys[i], counters[i]), bits[i]);
        }
    }

    private static int expected(long key, long counter) {
        long block = counter >>> 2;
        int[] words = {(int) block, (int) (block >>> 32), 0, 0};
        Philox.block(words, (int) key, (int) (key >>> 32));
        return words[(int) (counter & 3)];
    }

    @Test
    void aProgramDrawsTheBitsOfItsElements() {
        try (CpuDevice device = new CpuDevice(2)) {
            Shape shape = Shape.of(70_001);
            Expr counter = Expr.index().add(Expr.scalar(1, DType.I64));
            Program program = Program.of(Expr.randomBits(Expr.scalar(0, DType.I64), counter));
            View out = View.of(device.allocate(DType.I32, shape.elements()), shape);
            device.map(program, shape, new long[] {77, 13}, List.of(), List.of(out));
            int[] bits = CpuBuffer.of(out).ints();
            for (int i = 0; i < shape.elements(); i++) {
                assertEquals(expected(77, 13 + i), bits[i]);
            }
        }
    }
}
