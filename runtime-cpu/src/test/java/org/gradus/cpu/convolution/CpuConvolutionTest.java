package org.gradus.cpu.convolution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.gradus.cpu.TestViews;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions and their adjoints against the definition, in double precision. */
final class CpuConvolutionTest {
    private static final WorkerPool POOL = new WorkerPool(2);
    private static final MicroKernels KERNELS = MicroKernels.ofProcessor();

    @AfterAll
    static void closePool() {
        POOL.close();
    }

    /** A convolution: sizes of all spatial axes, then the window's. */
    record Case(
            int batch,
            int channels,
            int filters,
            int groups,
            int[] size,
            int[] kernel,
            int[] stride,
            int[] padding,
            int[] dilation) {
        Window window() {
            return new Window(kernel, stride, padding, dilation);
        }

        int[] output() {
            int[] result = new int[size.length];
            for (int axis = 0; axis < result.length; axis++) {
                result[axis] = window().outputSize(axis, size[axis]);
            }
            return result;
        }

        int[] inputShape() {
            return concat(batch, channels, size);
        }

        int[] outputShape() {
            return concat(batch, filters, output());
        }

        int[] weightShape() {
            return concat(filters, channels / groups, kernel);
        }

        @Override
        public String toString() {
            return "batch "
                    + batch
                    + ", "
                    + channels
                    + " to "
                    + filters
                    + " in "
                    + groups
                    + " of "
                    + Arrays.toString(size)
                    + ", "
                    + window();
        }
    }

    private static int[] concat(int first, int second, int[] rest) {
        int[] result = new int[rest.length + 2];
        result[0] = first;
        result[1] = second;
        System.arraycopy(rest, 0, result, 2, rest.length);
        return result;
    }

    private static int[] of(int... values) {
        return values;
    }

    private static Case square(
            int batch,
            int channels,
            int filters,
            int groups,
            int size,
            int kernel,
            int stride,
            int padding,
            int dilation) {
        return new Case(
                batch,
                channels,
                filters,
                groups,
                of(size, size),
                of(kernel, kernel),
                of(stride, stride),
                of(padding, padding),
                of(dilation, dilation));
    }

    static Stream<Case> cases() {
        return Stream.of(
                square(2, 3, 5, 1, 7, 3, 1, 1, 1),
                square(1, 1, 1, 1, 1, 1, 1, 0, 1),
                square(3, 17, 13, 1, 8, 3, 1, 1, 1),
                square(9, 6, 16, 1, 4, 3, 1, 1, 1),
                square(17, 8, 33, 1, 2, 2, 1, 1, 1),
                square(2, 5, 7, 1, 17, 5, 2, 2, 1),
                square(2, 4, 6, 1, 14, 4, 2, 1, 1),
                square(2, 4, 6, 1, 15, 1, 2, 0, 1),
                square(2, 4, 6, 1, 15, 2, 3, 0, 1),
                square(2, 4, 6, 1, 16, 3, 3, 4, 2),
                square(2, 3, 4, 1, 11, 3, 2, 0, 3),
                square(2, 3, 4, 1, 9, 1, 1, 2, 1),
                square(13, 9, 20, 1, 7, 7, 1, 0, 1),
                square(5, 6, 9, 3, 3, 3, 2, 0, 1),
                square(6, 3, 1, 1, 5, 5, 1, 0, 1),
                // Images whose positions are put together: rows of 7, 5, 3 and 1, and a biased
                // tail.
                square(24, 5, 14, 1, 14, 4, 2, 1, 1),
                square(35, 3, 13, 1, 7, 3, 1, 0, 1),
                square(64, 4, 10, 2, 3, 3, 1, 1, 1),
                square(70, 2, 3, 1, 1, 1, 1, 1, 1),
                new Case(
                        40,
                        2,
                        5,
                        1,
                        of(2, 3, 4),
                        of(1, 2, 2),
                        of(1, 1, 2),
                        of(0, 1, 0),
                        of(1, 1, 1)),
                // Few channels for many filters: their gradients are folded.
                square(9, 1, 19, 1, 14, 4, 2, 1, 1),
                square(2, 2, 9, 1, 15, 4, 2, 1, 1),
                square(3, 4, 16, 2, 11, 5, 3, 2, 2),
                new Case(
                        2,
                        1,
                        5,
                        1,
                        of(5, 6, 9),
                        of(3, 2, 4),
                        of(2, 1, 2),
                        of(1, 0, 3),
                        of(1, 1, 2)),
                // Few filters for each group: without matrix products.
                square(3, 20, 40, 20, 19, 3, 1, 1, 1),
                square(2, 7, 7, 7, 15, 5, 3, 2, 1),
                square(2, 9, 2, 1, 12, 3, 1, 1, 2),
                // Many filters of few elements for one channel each.
                square(3, 1, 10, 1, 28, 3, 1, 1, 1),
                square(2, 2, 12, 2, 9, 3, 2, 0, 1),
                new Case(
                        2,
                        3,
                        6,
                        3,
                        of(4, 5, 6),
                        of(2, 3, 2),
                        of(1, 2, 2),
                        of(1, 1, 0),
                        of(1, 1, 2)),
                // Positions of single images, cut; phases of stride 2 over more than a row.
                square(1, 5, 4, 1, 62, 4, 2, 1, 1),
                square(1, 2, 9, 1, 30, 1, 1, 0, 1),
                square(2, 3, 9, 1, 28, 3, 1, 0, 1),
                square(2, 6, 9, 3, 10, 3, 1, 1, 1),
                square(2, 6, 6, 6, 13, 3, 2, 1, 1),
                square(2, 40, 20, 1, 18, 3, 1, 1, 1),
                square(1, 64, 32, 1, 33, 3, 1, 1, 1),
                square(1, 3, 16, 1, 37, 7, 2, 3, 1),
                new Case(2, 3, 4, 1, of(9, 20), of(2, 5), of(1, 3), of(0, 2), of(2, 1)),
                new Case(2, 4, 6, 2, of(23), of(5), of(2), of(3), of(2)),
                new Case(5, 7, 3, 1, of(40), of(3), of(1), of(1), of(1)),
                new Case(
                        2,
                        3,
                        4,
                        1,
                        of(5, 6, 7),
                        of(3, 2, 3),
                        of(1, 2, 1),
                        of(1, 0, 1),
                        of(1, 1, 2)),
                new Case(
                        1,
                        2,
                        4,
                        2,
                        of(4, 4, 4),
                        of(2, 2, 2),
                        of(2, 2, 2),
                        of(1, 1, 1),
                        of(1, 1, 1)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forward(Case c) {
        var input = TestViews.random(DType.F32, 1, c.inputShape());
        var weight = TestViews.random(DType.F32, 2, c.weightShape());
        var bias = TestViews.random(DType.F32, 3, c.filters);
        for (boolean biased : new boolean[] {false, true}) {
            var output = TestViews.poisoned(DType.F32, c.outputShape());
            var optional = biased ? Optional.of(bias) : Optional.<View>empty();
            kernels().forward(input, weight, optional, c.window(), c.groups, output);
            double[] expected = new double[(int) output.elements()];
            double[] x = TestViews.values(input);
            double[] w = TestViews.values(weight);
            visit(c, (in, we, out) -> expected[out] += x[in] * w[we]);
            int size = expected.length / c.batch / c.filters;
            for (int i = 0; i < expected.length && biased; i++) {
                expected[i] += TestViews.get(bias, i / size % c.filters);
            }
            assertClose(expected, output, c);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradient(Case c) {
        var gradient = TestViews.random(DType.F32, 1, c.outputShape());
        var weight = TestViews.random(DType.F32, 2, c.weightShape());
        var result = TestViews.poisoned(DType.F32, c.inputShape());
        kernels().inputGradient(gradient, weight, c.window(), c.groups, result);
        double[] expected = new double[(int) result.elements()];
        double[] g = TestViews.values(gradient);
        double[] w = TestViews.values(weight);
        visit(c, (in, we, out) -> expected[in] += g[out] * w[we]);
        assertClose(expected, result, c);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightGradient(Case c) {
        var input = TestViews.random(DType.F32, 1, c.inputShape());
        var gradient = TestViews.random(DType.F32, 2, c.outputShape());
        var result = TestViews.poisoned(DType.F32, c.weightShape());
        kernels().weightGradient(input, gradient, c.window(), c.groups, result);
        double[] expected = new double[(int) result.elements()];
        double[] x = TestViews.values(input);
        double[] g = TestViews.values(gradient);
        visit(c, (in, we, out) -> expected[we] += x[in] * g[out]);
        assertClose(expected, result, c);
    }

    @Test
    void viewsWithOddStrides() {
        var c = square(2, 3, 5, 1, 7, 3, 2, 1, 1);
        int[] order = {0, 2, 3, 1};
        var input = TestViews.fill(TestViews.odd(DType.F32, order, 4, c.inputShape()), 1);
        var weight = TestViews.fill(TestViews.odd(DType.F32, order, 3, c.weightShape()), 2);
        var output = TestViews.odd(DType.F32, order, 9, c.outputShape());
        kernels().forward(input, weight, Optional.empty(), c.window(), 1, output);
        double[] x = TestViews.values(input);
        double[] w = TestViews.values(weight);
        double[] expected = new double[(int) output.elements()];
        visit(c, (in, we, out) -> expected[out] += x[in] * w[we]);
        assertClose(expected, output, c);

        double[] y = TestViews.values(output);
        var back = TestViews.odd(DType.F32, order, 2, c.inputShape());
        kernels().inputGradient(output, weight, c.window(), 1, back);
        double[] expectedBack = new double[(int) back.elements()];
        visit(c, (in, we, out) -> expectedBack[in] += y[out] * w[we]);
        assertClose(expectedBack, back, c);

        var weights = TestViews.odd(DType.F32, order, 1, c.weightShape());
        kernels().weightGradient(input, output, c.window(), 1, weights);
        double[] expectedWeights = new double[(int) weights.elements()];
        visit(c, (in, we, out) -> expectedWeights[we] += y[out] * x[in]);
        assertClose(expectedWeights, weights, c);
    }

    @Test
    void nothingIsReadFromAnEmptyBatch() {
        var c = square(0, 3, 5, 1, 7, 3, 1, 1, 1);
        var weights = TestViews.poisoned(DType.F32, c.weightShape());
        var input = TestViews.poisoned(DType.F32, c.inputShape());
        var output = TestViews.poisoned(DType.F32, c.outputShape());
        kernels().weightGradient(input, output, c.window(), 1, weights);
        assertArrayEquals(new double[(int) weights.elements()], TestViews.values(weights));
        kernels().forward(input, weights, Optional.empty(), c.window(), 1, output);
        kernels().inputGradient(output, weights, c.window(), 1, input);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void numberOfThreadsDoesNotShow(Case c) {
        var input = TestViews.random(DType.F32, 1, c.inputShape());
        var weight = TestViews.random(DType.F32, 2, c.weightShape());
        var gradient = TestViews.random(DType.F32, 3, c.outputShape());
        double[][] expected = new double[3][];
        for (int threads = 1; threads <= 3; threads++) {
            try (var pool = new WorkerPool(threads)) {
                var kernels = new CpuConvolution(pool, KERNELS);
                View[] results = {
                    TestViews.poisoned(DType.F32, c.outputShape()),
                    TestViews.poisoned(DType.F32, c.inputShape()),
                    TestViews.poisoned(DType.F32, c.weightShape())
                };
                kernels.forward(input, weight, Optional.empty(), c.window(), c.groups, results[0]);
                kernels.inputGradient(gradient, weight, c.window(), c.groups, results[1]);
                kernels.weightGradient(input, gradient, c.window(), c.groups, results[2]);
                for (int i = 0; i < results.length; i++) {
                    double[] values = TestViews.values(results[i]);
                    expected[i] = expected[i] == null ? values : expected[i];
                    assertArrayEquals(expected[i], values);
                }
            }
        }
    }

    private static CpuConvolution kernels() {
        return new CpuConvolution(POOL, KERNELS);
    }

    private interface Visitor {
        void visit(int input, int weight, int output);
    }

    /** Visits each product of the definition. */
    private static void visit(Case c, Visitor visitor) {
        int[] output = c.output();
        int positions = product(output);
        int inputs = product(c.size);
        int taps = product(c.kernel);
        int groupChannels = c.channels / c.groups;
        int groupFilters = c.filters / c.groups;
        for (int n = 0; n < c.batch; n++) {
            for (int f = 0; f < c.filters; f++) {
                for (int position = 0; position < positions; position++) {
                    for (int tap = 0; tap < taps; tap++) {
                        int at = inputIndex(c, output, position, tap);
                        for (int k = 0; k < groupChannels && at >= 0; k++) {
                            int channel = f / groupFilters * groupChannels + k;
                            visitor.visit(
                                    (n * c.channels + channel) * inputs + at,
                                    (f * groupChannels + k) * taps + tap,
                                    (n * c.filters + f) * positions + position);
                        }
                    }
                }
            }
        }
    }

    /** Returns the flat input index that an element of the window sees, or -1 beyond the edge. */
    private static int inputIndex(Case c, int[] output, int position, int tap) {
        int result = 0;
        int scale = 1;
        for (int axis = output.length - 1; axis >= 0; axis--) {
            int i =
                    position % output[axis] * c.stride[axis]
                            + tap % c.kernel[axis] * c.dilation[axis]
                            - c.padding[axis];
            if (i < 0 || i >= c.size[axis]) {
                return -1;
            }
            result += i * scale;
            scale *= c.size[axis];
            position /= output[axis];
            tap /= c.kernel[axis];
        }
        return result;
    }

    private static int product(int[] values) {
        int result = 1;
        for (int value : values) {
            result *= value;
        }
        return result;
    }

    /** Rounding grows with the number of products per element, which is at most a few thousand. */
    private static void assertClose(double[] expected, View actual, Case c) {
        for (int i = 0; i < expected.length; i++) {
            double value = TestViews.get(actual, i);
            if (!(Math.abs(expected[i] - value) <= 1e-4 + 1e-5 * Math.abs(expected[i]))) {
                assertEquals(expected[i], value, c + " at " + i);
            }
        }
    }
}
