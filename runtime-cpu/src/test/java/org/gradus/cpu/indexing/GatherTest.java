package org.gradus.cpu.indexing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class GatherTest {
    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 3);
    private final Random random = new Random(2);

    private View indices(Shape shape, int size, Layout layout) {
        View index = tensors.empty(DType.I64, shape, layout);
        long[] array = CpuBuffer.of(index).longs();
        for (int i = 0; i < array.length; i++) {
            array[i] = random.nextInt(size);
        }
        return index;
    }

    /** Returns the row-major position, in another shape, of an element moved along an axis. */
    private static long moved(Shape shape, long position, int axis, long index, Shape other) {
        long[] strides = other.contiguousStrides();
        long result = 0;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            long at = position % shape.size(i);
            result += (i == axis ? index : at) * strides[i];
            position /= shape.size(i);
        }
        return result;
    }

    /** Rows picked whole, single elements, and everything between, in every layout. */
    private record Case(Shape source, int axis, int count, Layout index) {}

    private static final Case[] CASES = {
        new Case(Shape.of(10, 33), 0, 25, Layout.BROADCAST_LAST),
        new Case(Shape.of(10, 33), 0, 25, Layout.CONTIGUOUS),
        new Case(Shape.of(10, 33), 1, 7, Layout.BROADCAST_FIRST),
        new Case(Shape.of(50, 64), 0, 1000, Layout.BROADCAST_LAST),
        new Case(Shape.of(7), 0, 12, Layout.FLIPPED),
        new Case(Shape.of(4, 5, 6), 1, 9, Layout.TRANSPOSED),
        new Case(Shape.of(4, 5, 6), 2, 1, Layout.GAPS),
        new Case(Shape.of(4, 5, 6), 0, 0, Layout.CONTIGUOUS),
        new Case(Shape.of(20, 30, 3), 1, 40, Layout.SCALAR)
    };

    @Test
    void gatheringPicksAlongTheAxis() {
        for (DType type : DType.values()) {
            for (Case c : CASES) {
                Shape shape = c.source.with(c.axis, c.count);
                Layout layout = Layout.values()[random.nextInt(5)];
                View source = tensors.random(type, c.source, layout);
                View index = indices(shape, c.source.size(c.axis), c.index);
                View target = tensors.empty(type, shape, Layout.values()[random.nextInt(5)]);
                device.gather(source, c.axis, index, target);
                for (long i = 0; i < shape.elements(); i++) {
                    long from = moved(shape, i, c.axis, TestTensors.getLong(index, i), c.source);
                    assertEquals(TestTensors.get(source, from), TestTensors.get(target, i));
                }
            }
        }
    }

    @Test
    void scatteringAddsWhereTheIndexSays() {
        for (DType type : DType.values()) {
            for (Case c : CASES) {
                Shape shape = c.source.with(c.axis, c.count);
                View source = tensors.empty(type, shape, Layout.values()[random.nextInt(5)]);
                device.fill(source, 1);
                View index = indices(shape, c.source.size(c.axis), c.index);
                View target = tensors.empty(type, c.source, Layout.values()[random.nextInt(5)]);
                device.fill(target, type == DType.BOOL ? 0 : 3);
                device.scatterAdd(source, c.axis, index, target);
                double[] expected = new double[(int) c.source.elements()];
                java.util.Arrays.fill(expected, type == DType.BOOL ? 0 : 3);
                for (long i = 0; i < shape.elements(); i++) {
                    long to = moved(shape, i, c.axis, TestTensors.getLong(index, i), c.source);
                    expected[(int) to] += 1;
                }
                if (type == DType.BOOL) {
                    java.util.Arrays.setAll(expected, i -> Math.min(1, expected[i]));
                } else if (type == DType.U8) {
                    java.util.Arrays.setAll(expected, i -> (int) expected[i] & 0xff);
                } else if (type == DType.BF16) {
                    // 257 and more are not whole multiples of what 8 bits can count
                    java.util.Arrays.setAll(expected, i -> Math.min(256, expected[i]));
                }
                assertArrayEquals(expected, TestTensors.toDoubles(target), type + " " + c);
            }
        }
    }

    @Test
    void scatteringAddsRowsInTheirOrderForAnyNumberOfThreads() {
        for (int threads = 1; threads <= 3; threads++) {
            try (CpuDevice other = new CpuDevice(threads)) {
                TestTensors own = new TestTensors(other, 8);
                Shape shape = Shape.of(2000, 200);
                View source = own.empty(DType.F32, shape, Layout.CONTIGUOUS);
                float[] values = CpuBuffer.of(source).floats();
                View index = own.empty(DType.I64, shape, Layout.BROADCAST_LAST);
                long[] picks = CpuBuffer.of(index).longs();
                Random same = new Random(4);
                for (int i = 0; i < values.length; i++) {
                    values[i] = same.nextFloat() - 0.5f;
                }
                for (int i = 0; i < picks.length; i++) {
                    picks[i] = same.nextInt(30);
                }
                View target = own.empty(DType.F32, Shape.of(30, 200), Layout.CONTIGUOUS);
                other.fill(target, 0);
                other.scatterAdd(source, 0, index, target);
                double[] actual = TestTensors.toDoubles(target);
                float[] sums = new float[30 * 200];
                for (int i = 0; i < source.elements(); i++) {
                    long at = index.offset() + i / 200 * index.strides()[0];
                    sums[(int) picks[(int) at] * 200 + i % 200] +=
                            values[(int) source.offset() + i];
                }
                double[] expected = new double[sums.length];
                Arrays.setAll(expected, i -> sums[i]);
                assertArrayEquals(expected, actual);
            }
        }
    }

    @Test
    void anIndexThatIsOutOfBoundsIsNamed() {
        View table = tensors.random(DType.F32, Shape.of(10, 4), Layout.CONTIGUOUS);
        View rows = tensors.random(DType.F32, Shape.of(2, 4), Layout.CONTIGUOUS);
        for (long wrong : new long[] {10, -1, 1L << 40}) {
            View index = tensors.of(DType.I64, Shape.of(2, 1), 3, 0).expand(Shape.of(2, 4));
            CpuBuffer.of(index).longs()[1] = wrong;
            String message = "index " + wrong + " is out of bounds for axis 0 of size 10";
            Exception e =
                    assertThrows(
                            IndexOutOfBoundsException.class,
                            () -> device.gather(table, 0, index, rows));
            assertEquals(message, e.getMessage());
            e =
                    assertThrows(
                            IndexOutOfBoundsException.class,
                            () -> device.scatterAdd(rows, 0, index, table));
            assertEquals(message, e.getMessage());
        }
    }
}
