package org.gradus.cpu.pooling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.gradus.cpu.TestViews;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pooling against the definition. */
final class CpuPoolingTest {
    private static final WorkerPool POOL = new WorkerPool(2);

    @AfterAll
    static void closePool() {
        POOL.close();
    }

    /** An image {@code [batch, channels, spatial...]} and a window over it. */
    record Case(int[] image, Window window) {
        int[] output() {
            int[] result = image.clone();
            for (int axis = 0; axis < window.rank(); axis++) {
                result[axis + 2] = window.outputSize(axis, image[axis + 2]);
            }
            return result;
        }

        @Override
        public String toString() {
            return Arrays.toString(image) + " " + window;
        }
    }

    private static int[] of(int... values) {
        return values;
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(of(2, 3, 8, 8), new Window(of(2, 2), of(2, 2), of(0, 0), of(1, 1))),
                new Case(of(2, 3, 7, 35), new Window(of(2, 2), of(2, 2), of(0, 0), of(1, 1))),
                new Case(of(2, 3, 4, 17), new Window(of(2, 2), of(2, 2), of(0, 0), of(1, 1))),
                new Case(of(2, 3, 5, 31), new Window(of(2, 2), of(1, 3), of(0, 0), of(1, 1))),
                new Case(of(2, 3, 9, 11), new Window(of(3, 3), of(2, 2), of(1, 1), of(1, 1))),
                new Case(of(1, 2, 9, 8), new Window(of(3, 2), of(1, 3), of(1, 0), of(2, 1))),
                new Case(of(1, 1, 1, 1), new Window(of(1, 1), of(1, 1), of(0, 0), of(1, 1))),
                new Case(of(3, 2, 17), new Window(of(4), of(3), of(2), of(1))),
                new Case(
                        of(2, 2, 5, 6, 4),
                        new Window(of(2, 3, 2), of(2, 1, 2), of(1, 1, 0), of(1, 1, 1))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void maximumAndItsPosition(Case c) {
        var input = TestViews.random(DType.F32, 1, c.image);
        // Few distinct values, so that there are equals.
        for (int i = 0; i < input.elements(); i++) {
            TestViews.set(input, i, Math.rint(TestViews.get(input, i) * 3));
        }
        checkMaximum(c, input);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nanIsTheMaximum(Case c) {
        var input = TestViews.random(DType.F32, 1, c.image);
        for (int i = 0; i < input.elements(); i += 5) {
            TestViews.set(input, i, Double.NaN);
        }
        for (int i = 1; i < input.elements(); i += 3) {
            TestViews.set(input, i, Double.NEGATIVE_INFINITY);
        }
        checkMaximum(c, input);
    }

    private static void checkMaximum(Case c, View input) {
        var output = TestViews.poisoned(DType.F32, c.output());
        var indices = TestViews.poisoned(DType.I64, c.output());
        new CpuPooling(POOL).maximum(input, c.window, output, indices);
        double[] values = TestViews.values(input);
        int plane = planeSize(c);
        int i = 0;
        for (List<Integer> window : windows(c)) {
            int best = window.get(0);
            for (int at : window) {
                boolean greater = values[at] > values[best] || Double.isNaN(values[at]);
                best = greater && !Double.isNaN(values[best]) ? at : best;
            }
            // Zero has no sign here.
            assertEquals(values[best] + 0.0, TestViews.get(output, i), "maximum " + i);
            assertEquals(best % plane, TestViews.get(indices, i), "position " + i);
            i++;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void averageAndItsGradient(Case c) {
        for (boolean countPadding : new boolean[] {false, true}) {
            var input = TestViews.random(DType.F32, 1, c.image);
            var output = TestViews.poisoned(DType.F32, c.output());
            var gradient = TestViews.random(DType.F32, 2, c.output());
            var inputGradient = TestViews.poisoned(DType.F32, c.image);
            var pooling = new CpuPooling(POOL);
            pooling.average(input, c.window, countPadding, output);
            pooling.averageGradient(gradient, c.window, countPadding, inputGradient);
            double[] values = TestViews.values(input);
            double[] means = new double[(int) output.elements()];
            double[] shares = new double[values.length];
            int i = 0;
            for (List<Integer> window : windows(c)) {
                int count = countPadding ? c.window.elements() : window.size();
                for (int at : window) {
                    means[i] += values[at] / count;
                    shares[at] += TestViews.get(gradient, i) / count;
                }
                i++;
            }
            assertArrayEquals(means, TestViews.values(output), 1e-6);
            assertArrayEquals(shares, TestViews.values(inputGradient), 1e-6);
        }
    }

    @Test
    void viewsWithOddStrides() {
        var c = new Case(of(2, 3, 7, 9), new Window(of(3, 2), of(2, 1), of(1, 1), of(1, 1)));
        int[] order = {3, 0, 2, 1};
        var input = TestViews.fill(TestViews.odd(DType.F32, order, 5, c.image), 1);
        var output = TestViews.odd(DType.F32, order, 6, c.output());
        var indices = TestViews.odd(DType.I64, order, 9, c.output());
        var dense = TestViews.random(DType.F32, 1, c.image);
        var denseOutput = TestViews.poisoned(DType.F32, c.output());
        var denseIndices = TestViews.poisoned(DType.I64, c.output());
        var pooling = new CpuPooling(POOL);
        pooling.maximum(input, c.window, output, indices);
        pooling.maximum(dense, c.window, denseOutput, denseIndices);
        assertArrayEquals(TestViews.values(denseOutput), TestViews.values(output));
        assertArrayEquals(TestViews.values(denseIndices), TestViews.values(indices));
        pooling.average(input, c.window, true, output);
        pooling.average(dense, c.window, true, denseOutput);
        assertArrayEquals(TestViews.values(denseOutput), TestViews.values(output));
        var back = TestViews.odd(DType.F32, order, 10, c.image);
        var denseBack = TestViews.poisoned(DType.F32, c.image);
        pooling.averageGradient(output, c.window, false, back);
        pooling.averageGradient(denseOutput, c.window, false, denseBack);
        assertArrayEquals(TestViews.values(denseBack), TestViews.values(back));
    }

    /** Returns for each position the flat indices of what its window sees, in order. */
    private static List<List<Integer>> windows(Case c) {
        var result = new ArrayList<List<Integer>>();
        int[] output = c.output();
        int positions = 1;
        for (int axis = 2; axis < output.length; axis++) {
            positions *= output[axis];
        }
        for (int plane = 0; plane < c.image[0] * c.image[1]; plane++) {
            for (int position = 0; position < positions; position++) {
                var window = new ArrayList<Integer>();
                for (int element = 0; element < c.window.elements(); element++) {
                    int at = index(c, position, element);
                    if (at >= 0) {
                        window.add(plane * planeSize(c) + at);
                    }
                }
                result.add(window);
            }
        }
        return result;
    }

    private static int index(Case c, int position, int element) {
        int result = 0;
        int scale = 1;
        for (int axis = c.window.rank() - 1; axis >= 0; axis--) {
            int size = c.image[axis + 2];
            int count = c.window.outputSize(axis, size);
            int i =
                    position % count * c.window.stride()[axis]
                            + element % c.window.kernel()[axis] * c.window.dilation()[axis]
                            - c.window.padding()[axis];
            if (i < 0 || i >= size) {
                return -1;
            }
            result += i * scale;
            scale *= size;
            position /= count;
            element /= c.window.kernel()[axis];
        }
        return result;
    }

    private static int planeSize(Case c) {
        int size = 1;
        for (int axis = 2; axis < c.image.length; axis++) {
            size *= c.image[axis];
        }
        return size;
    }
}
