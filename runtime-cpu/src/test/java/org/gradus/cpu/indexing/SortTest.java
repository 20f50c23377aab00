package org.gradus.cpu.indexing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.CumulateOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class SortTest {
    private static final Shape[] SHAPES = {
        Shape.of(1),
        Shape.of(0),
        Shape.of(1000),
        Shape.of(3, 17),
        Shape.of(40, 5, 3),
        Shape.of(2, 0)
    };

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 11);

    /** Calls back with the row-major positions of each line along an axis. */
    private static void forEachLine(
            Shape shape, int axis, java.util.function.Consumer<int[]> body) {
        int stride = (int) shape.contiguousStrides()[axis];
        for (int i = 0; i < shape.elements(); i++) {
            if (i / stride % shape.size(axis) == 0) {
                int first = i;
                int[] line = new int[shape.size(axis)];
                Arrays.setAll(line, k -> first + k * stride);
                body.accept(line);
            }
        }
    }

    @Test
    void linesAreSortedStablyWithNaNAsTheLargest() {
        for (DType type : DType.values()) {
            for (Shape shape : SHAPES) {
                for (int axis = 0; axis < shape.rank(); axis++) {
                    for (boolean descending : new boolean[] {false, true}) {
                        View in = tensors.random(type, shape, Layout.values()[axis]);
                        View values = tensors.empty(type, shape, Layout.values()[axis + 1]);
                        View indices = tensors.empty(DType.I64, shape, Layout.values()[axis + 2]);
                        device.sort(in, values, indices, axis, descending);
                        checkSorted(in, values, indices, axis, descending);
                    }
                }
            }
        }
    }

    private static void checkSorted(
            View in, View values, View indices, int axis, boolean descending) {
        // zeros are equal whatever their sign
        Comparator<Double> order = Comparator.comparingDouble(x -> x + 0.0);
        Comparator<Double> wanted = descending ? order.reversed() : order;
        forEachLine(
                in.shape(),
                axis,
                line -> {
                    Integer[] places = new Integer[line.length];
                    Arrays.setAll(places, i -> i);
                    Arrays.sort(
                            places,
                            (a, b) ->
                                    wanted.compare(
                                            TestTensors.get(in, line[a]),
                                            TestTensors.get(in, line[b])));
                    for (int i = 0; i < line.length; i++) {
                        assertEquals((long) places[i], TestTensors.getLong(indices, line[i]));
                        assertEquals(
                                TestTensors.get(in, line[places[i]]),
                                TestTensors.get(values, line[i]));
                    }
                });
    }

    @Test
    void longIntegersKeepAllTheirBits() {
        View in = tensors.of(DType.I64, Shape.of(3), 0, 0, 0);
        long[] array = org.gradus.cpu.CpuBuffer.of(in).longs();
        array[0] = Long.MAX_VALUE;
        array[1] = Long.MAX_VALUE - 1;
        array[2] = Long.MIN_VALUE;
        View values = tensors.empty(DType.I64, Shape.of(3), Layout.CONTIGUOUS);
        View indices = tensors.empty(DType.I64, Shape.of(3), Layout.CONTIGUOUS);
        device.sort(in, values, indices, 0, false);
        assertArrayEquals(new long[] {2, 1, 0}, TestTensors.toLongs(indices));
        device.sort(in, values, indices, 0, true);
        assertArrayEquals(new long[] {0, 1, 2}, TestTensors.toLongs(indices));
        assertEquals(Long.MAX_VALUE, TestTensors.getLong(values, 0));
    }

    @Test
    void runningTotalsGoAlongTheAxis() {
        for (DType type : new DType[] {DType.F32, DType.F64, DType.I32, DType.I64, DType.BF16}) {
            for (Shape shape : SHAPES) {
                for (int axis = 0; axis < shape.rank(); axis++) {
                    View in = tensors.empty(type, shape, Layout.TRANSPOSED);
                    device.fill(in, 1);
                    View sums = tensors.empty(type, shape, Layout.FLIPPED);
                    View products = tensors.empty(type, shape, Layout.GAPS);
                    device.cumulate(CumulateOp.SUM, in, sums, axis);
                    device.cumulate(CumulateOp.PRODUCT, in, products, axis);
                    double rounding = type == DType.BF16 ? 2 : 0;
                    forEachLine(
                            shape,
                            axis,
                            line -> {
                                for (int i = 0; i < line.length; i++) {
                                    double sum = TestTensors.get(sums, line[i]);
                                    assertEquals(i + 1, sum, rounding);
                                    assertEquals(1, TestTensors.get(products, line[i]));
                                }
                            });
                }
            }
        }
    }

    @Test
    void runningProductsMultiply() {
        View in = tensors.of(DType.I32, Shape.of(5), 1, 2, 3, 4, 5);
        View out = tensors.empty(DType.I64, Shape.of(5), Layout.CONTIGUOUS);
        device.cumulate(CumulateOp.PRODUCT, in, out, 0);
        assertArrayEquals(new long[] {1, 2, 6, 24, 120}, TestTensors.toLongs(out));
    }
}
