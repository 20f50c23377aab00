package org.gradus.cpu.convolution.winograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.cpu.convolution.Dense;
import org.gradus.cpu.convolution.Geometry;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.device.Window;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Minimal filtering against the definition of a convolution, in double precision. */
final class WinogradTest {
    /** Elements before and after a result that must stay as they were. */
    private static final int GUARD = 40;

    private static final float POISON = Float.NaN;

    private static final WorkerPool POOL = new WorkerPool(2);
    private static final MicroKernels KERNELS = MicroKernels.ofProcessor();
    private static final Winograd WINOGRAD = new Winograd(POOL, KERNELS);

    @AfterAll
    static void closePool() {
        POOL.close();
    }

    static Stream<Geometry> cases() {
        return Stream.of(
                geometry(1, 1, 1, 1, 1, 1, 1),
                geometry(2, 3, 5, 7, 7, 1, 1),
                geometry(1, 2, 3, 3, 3, 0, 0),
                geometry(3, 5, 2, 5, 4, 2, 2),
                geometry(2, 4, 7, 6, 11, 0, 2),
                geometry(9, 50, 13, 4, 4, 1, 1),
                geometry(33, 7, 50, 2, 2, 1, 1),
                geometry(2, 3, 2, 1, 40, 1, 1),
                geometry(1, 2, 2, 50, 100, 1, 0),
                geometry(1, 270, 14, 6, 6, 1, 1),
                geometry(1, 14, 270, 6, 6, 1, 1),
                geometry(17, 16, 100, 14, 14, 1, 1),
                // gradients of few filters, whose parts have several steps, and of many
                geometry(41, 3, 5, 14, 14, 1, 1),
                geometry(12, 130, 70, 9, 9, 1, 1),
                geometry(4, 64, 64, 32, 32, 1, 1));
    }

    private static Geometry geometry(
            int batch, int channels, int filters, int height, int width, int above, int left) {
        var window =
                new Window(
                        new int[] {3, 3},
                        new int[] {1, 1},
                        new int[] {above, left},
                        new int[] {1, 1});
        return Geometry.of(
                Shape.of(batch, channels, height, width),
                Shape.of(batch, filters, window.outputSize(0, height), window.outputSize(1, width)),
                window,
                1);
    }

    private static float[] random(int length, int seed) {
        var random = new Random(seed);
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            result[i] = random.nextFloat() * 2 - 1;
        }
        return result;
    }

    private static float[] input(Geometry geometry) {
        return random(geometry.batch() * geometry.channels() * geometry.inputSize(), 1);
    }

    private static float[] weight(Geometry geometry) {
        return random(geometry.filters() * geometry.filterSize(), 2);
    }

    private static float[] outputGradient(Geometry geometry) {
        return random(geometry.batch() * geometry.filters() * geometry.outputSize(), 3);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsAreThoseOfTheDefinition(Geometry geometry) {
        float[] input = input(geometry);
        float[] weight = weight(geometry);
        float[] bias = random(geometry.filters(), 4);
        double[] expected =
                new double[geometry.batch() * geometry.filters() * geometry.outputSize()];
        int size = geometry.outputSize();
        for (int i = 0; i < expected.length; i++) {
            expected[i] = bias[i / size % geometry.filters()];
        }
        visit(geometry, (x, w, y) -> expected[y] += (double) input[x] * weight[w]);
        float[] actual =
                result(
                        expected.length,
                        target ->
                                WINOGRAD.forward(
                                        geometry,
                                        new Dense(input, 0),
                                        new Dense(weight, 0),
                                        new Dense(bias, 0),
                                        target));
        assertClose(expected, actual, geometry.filterSize());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inputGradientsAreThoseOfTheDefinition(Geometry geometry) {
        float[] gradient = outputGradient(geometry);
        float[] weight = weight(geometry);
        double[] expected =
                new double[geometry.batch() * geometry.channels() * geometry.inputSize()];
        visit(geometry, (x, w, y) -> expected[x] += (double) gradient[y] * weight[w]);
        float[] actual =
                result(
                        expected.length,
                        target ->
                                WINOGRAD.inputGradient(
                                        geometry,
                                        new Dense(gradient, 0),
                                        new Dense(weight, 0),
                                        target));
        assertClose(expected, actual, geometry.filters() * Filters.TAPS);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightGradientsAreThoseOfTheDefinition(Geometry geometry) {
        float[] input = input(geometry);
        float[] gradient = outputGradient(geometry);
        double[] expected = new double[geometry.filters() * geometry.filterSize()];
        visit(geometry, (x, w, y) -> expected[w] += (double) input[x] * gradient[y]);
        float[] actual =
                result(
                        expected.length,
                        target ->
                                WINOGRAD.weightGradient(
                                        geometry,
                                        new Dense(input, 0),
                                        new Dense(gradient, 0),
                                        target));
        assertClose(expected, actual, geometry.batch() * geometry.outputSize());
    }

    /** Calls for each product of the definition. */
    private static void visit(Geometry geometry, Product product) {
        int[] input = geometry.input();
        int[] output = geometry.output();
        int[] padding = geometry.padding();
        for (int image = 0; image < geometry.batch(); image++) {
            for (int filter = 0; filter < geometry.filters(); filter++) {
                for (int channel = 0; channel < geometry.channels(); channel++) {
                    int xs = (image * geometry.channels() + channel) * geometry.inputSize();
                    int ws = (filter * geometry.channels() + channel) * Filters.TAPS;
                    int ys = (image * geometry.filters() + filter) * geometry.outputSize();
                    for (int y = 0; y < output[1]; y++) {
                        for (int x = 0; x < output[2]; x++) {
                            for (int tap = 0; tap < Filters.TAPS; tap++) {
                                int row = y + tap / 3 - padding[1];
                                int column = x + tap % 3 - padding[2];
                                if (row >= 0
                                        && row < input[1]
                                        && column >= 0
                                        && column < input[2]) {
                                    product.add(
                                            xs + row * input[2] + column,
                                            ws + tap,
                                            ys + y * output[2] + x);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private interface Product {
        void add(int x, int w, int y);
    }

    private interface Computation {
        void run(Dense target);
    }

    /** Returns a computation's result, which must not touch anything around it. */
    private static float[] result(int length, Computation computation) {
        float[] all = new float[length + 2 * GUARD];
        Arrays.fill(all, POISON);
        computation.run(new Dense(all, GUARD));
        for (int i = 0; i < GUARD; i++) {
            assertTrue(Float.isNaN(all[i]), "before the result");
            assertTrue(Float.isNaN(all[length + GUARD + i]), "behind the result");
        }
        return Arrays.copyOfRange(all, GUARD, GUARD + length);
    }

    /** Sums of so many products of numbers up to 1; transforms lose a few more bits. */
    private static void assertClose(double[] expected, float[] actual, int products) {
        double tolerance = 4e-6 * Math.sqrt(products) + 2e-6;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], tolerance, "element " + i);
        }
    }

    static boolean hasVectors() {
        return VectorProvider.bits() >= 256;
    }

    @Test
    @EnabledIf("hasVectors")
    void vectorTransformsGiveTheBitsOfPlainOnes() {
        int tiles = 37;
        int plane = 48 + Transforms.SLACK;
        float[] source = random(Transforms.POINTS * plane, 5);
        for (int from = 0; from < 3; from++) {
            float[] expected = transformed(new Transforms(), source, from, tiles, plane);
            float[] actual = transformed(new VectorTransforms(), source, from, tiles, plane);
            assertArrayEquals(expected, actual);
        }
    }

    /** Returns what all transforms write, without what overhangs. */
    private static float[] transformed(
            Transforms transforms, float[] source, int from, int tiles, int plane) {
        float[] all = new float[40 * Transforms.POINTS * plane];
        int to = 0;
        float[] target = new float[Transforms.POINTS * plane];
        transforms.inputRow(source, from, tiles, target, from, from + 4 * plane, plane);
        to = keep(target, plane, 2 * Transforms.SIDE, from, tiles, all, to);
        transforms.inputColumns(source, from, plane, target, from, plane);
        to = keep(target, plane, Transforms.POINTS, from, Transforms.GROUP, all, to);
        int[] rows = {from, 90, 150, 230};
        for (int width = 4; width <= Transforms.GROUP; width += 4) {
            transforms.input(source, rows, width, 3, target, from, plane);
            to = keep(target, plane, Transforms.POINTS, from, 3 * width, all, to);
            transforms.gradient(source, rows, width, 3, target, from, plane);
            to = keep(target, plane, Transforms.POINTS, from, 3 * width, all, to);
            transforms.filters(source, 0, width, width, 3, target, from, plane);
            to = keep(target, plane, Transforms.POINTS, from, 3 * width, all, to);
            transforms.filters(source, 0, -width, width, 3, target, from, plane);
            to = keep(target, plane, Transforms.POINTS, from, 3 * width, all, to);
        }
        transforms.output(source, from, plane, 0.5f, target, from, plane + from);
        to = keep(target, plane, 2, from, 2 * Transforms.GROUP, all, to);
        return Arrays.copyOf(all, to);
    }

    private static int keep(
            float[] source, int plane, int planes, int from, int length, float[] target, int to) {
        for (int i = 0; i < planes; i++) {
            System.arraycopy(source, from + i * plane, target, to + i * length, length);
        }
        return to + planes * length;
    }

    @Test
    void paysWhereProductsOutweighTransforms() {
        assertTrue(WinogradCost.pays(geometry(32, 64, 64, 32, 32, 1, 1)));
        assertTrue(WinogradCost.pays(geometry(32, 512, 512, 4, 4, 1, 1)));
        assertFalse(WinogradCost.pays(geometry(64, 1, 32, 28, 28, 1, 1)));
        assertFalse(WinogradCost.pays(geometry(1, 512, 512, 4, 4, 1, 1)));
        // Only filters are transformed back.
        assertFalse(WinogradCost.pays(geometry(64, 32, 64, 14, 14, 1, 1)));
        assertTrue(WinogradCost.paysForWeightGradient(geometry(64, 32, 64, 14, 14, 1, 1)));
        assertFalse(WinogradCost.paysForWeightGradient(geometry(64, 1, 32, 28, 28, 1, 1)));
    }
}
