package org.gradus.cpu.normalization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.gradus.cpu.CpuDevice;
import org.gradus.cpu.TestTensors;
import org.gradus.cpu.TestTensors.Layout;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;

class CpuNormalizationTest {
    private static final double EPSILON = 1e-5;

    private final CpuDevice device = new CpuDevice(2);
    private final TestTensors tensors = new TestTensors(device, 1);
    private final NormalizationKernels kernels =
            device.kernels(NormalizationKernels.class, DType.F32).orElseThrow();

    private View wave(Shape shape, double center, double step) {
        double[] values = new double[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = center + Math.sin(i * step) + 0.3 * Math.cos(i * 7.1);
        }
        View view = tensors.empty(DType.F32, shape, Layout.OFFSET);
        device.copyStrided(tensors.of(DType.F32, shape, values), view);
        return view;
    }

    private View empty(int... sizes) {
        return tensors.empty(DType.F32, Shape.of(sizes), Layout.OFFSET);
    }

    /**
     * Normalizes {@code [outer, groups, inner]} in double precision, over outer and inner for each
     * group, and checks outputs and gradients.
     *
     * @param parameter the number of the parameter of each element
     */
    private void check(
            boolean batch, int outer, int groups, int inner, double center, boolean affine) {
        Shape shape = batch ? Shape.of(outer, groups, inner) : Shape.of(outer, inner);
        int statistics = batch ? groups : outer;
        int parameters = batch ? groups : inner;
        View x = wave(shape, center, 0.37);
        View g = wave(shape, 0.1, 0.73);
        View w = wave(Shape.of(parameters), 1, 1.3);
        View b = wave(Shape.of(parameters), 0, 2.3);
        Optional<View> weight = affine ? Optional.of(w) : Optional.empty();
        Optional<View> bias = affine ? Optional.of(b) : Optional.empty();
        View y = tensors.empty(DType.F32, shape, Layout.OFFSET);
        View dx = tensors.empty(DType.F32, shape, Layout.OFFSET);
        View mean = empty(statistics);
        View scale = empty(statistics);
        View dw = empty(parameters);
        View db = empty(parameters);
        if (batch) {
            kernels.batch(x, weight, bias, EPSILON, y, mean, scale);
            kernels.batchGradient(g, x, weight, mean, scale, dx, dw, db);
        } else {
            kernels.layer(x, weight, bias, EPSILON, y, mean, scale);
            kernels.layerGradient(g, x, weight, mean, scale, dx, dw, db);
        }
        int n = (int) shape.elements();
        double[] xs = TestTensors.toDoubles(x);
        double[] gs = TestTensors.toDoubles(g);
        double[] means = new double[statistics];
        double[] scales = new double[statistics];
        double[] meanG = new double[statistics];
        double[] meanProduct = new double[statistics];
        double[] dws = new double[parameters];
        double[] dbs = new double[parameters];
        double count = n / (double) statistics;
        for (int i = 0; i < n; i++) {
            means[statistic(i, batch, groups, inner)] += xs[i] / count;
        }
        for (int i = 0; i < n; i++) {
            int s = statistic(i, batch, groups, inner);
            scales[s] += Math.pow(xs[i] - means[s], 2) / count;
        }
        for (int s = 0; s < statistics; s++) {
            scales[s] = 1 / Math.sqrt(scales[s] + EPSILON);
        }
        for (int i = 0; i < n; i++) {
            int s = statistic(i, batch, groups, inner);
            int p = parameter(i, batch, groups, inner);
            double normal = (xs[i] - means[s]) * scales[s];
            double factor = affine ? TestTensors.get(w, p) : 1;
            dws[p] += gs[i] * normal;
            dbs[p] += gs[i];
            meanG[s] += gs[i] * factor / count;
            meanProduct[s] += gs[i] * factor * normal / count;
        }
        double tolerance = 2e-5 * (1 + Math.abs(center));
        assertArrayEquals(means, TestTensors.toDoubles(mean), 1e-6 * (1 + Math.abs(center)));
        for (int s = 0; s < statistics; s++) {
            assertEquals(scales[s], TestTensors.get(scale, s), scales[s] * 1e-4);
        }
        assertArrayEquals(dws, TestTensors.toDoubles(dw), tolerance * Math.sqrt(n));
        assertArrayEquals(dbs, TestTensors.toDoubles(db), tolerance * Math.sqrt(n));
        for (int i = 0; i < n; i++) {
            int s = statistic(i, batch, groups, inner);
            int p = parameter(i, batch, groups, inner);
            double factor = affine ? TestTensors.get(w, p) : 1;
            double normal = (xs[i] - means[s]) * scales[s];
            double expected = normal * factor + (affine ? TestTensors.get(b, p) : 0);
            assertEquals(expected, TestTensors.get(y, i), tolerance * (1 + scales[s]));
            double gradient = (gs[i] * factor - meanG[s] - normal * meanProduct[s]) * scales[s];
            double bound = tolerance * (1 + scales[s]) * (1 + scales[s]);
            assertEquals(gradient, TestTensors.get(dx, i), bound);
        }
    }

    private static int statistic(int i, boolean batch, int groups, int inner) {
        return batch ? i / inner % groups : i / inner;
    }

    private static int parameter(int i, boolean batch, int groups, int inner) {
        return batch ? i / inner % groups : i % inner;
    }

    /** Divides {@code [outer, inner]} by the roots of mean squares in double precision. */
    private void checkRootMeanSquares(int outer, int inner, boolean affine) {
        Shape shape = Shape.of(outer, inner);
        View x = wave(shape, 0.5, 0.37);
        View g = wave(shape, 0.1, 0.73);
        View w = wave(Shape.of(inner), 1, 1.3);
        Optional<View> weight = affine ? Optional.of(w) : Optional.empty();
        View y = empty(outer, inner);
        View dx = empty(outer, inner);
        View scale = empty(outer);
        View dw = empty(inner);
        kernels.rms(x, weight, EPSILON, y, scale);
        kernels.rmsGradient(g, x, weight, scale, dx, dw);
        double[] dws = new double[inner];
        for (int row = 0; row < outer; row++) {
            double square = 0;
            double product = 0;
            for (int i = row * inner; i < (row + 1) * inner; i++) {
                double factor = affine ? TestTensors.get(w, i % inner) : 1;
                square += Math.pow(TestTensors.get(x, i), 2) / inner;
                product += TestTensors.get(g, i) * factor * TestTensors.get(x, i) / inner;
            }
            double root = 1 / Math.sqrt(square + EPSILON);
            assertEquals(root, TestTensors.get(scale, row), 1e-5 * root);
            for (int i = row * inner; i < (row + 1) * inner; i++) {
                double factor = affine ? TestTensors.get(w, i % inner) : 1;
                double normal = TestTensors.get(x, i) * root;
                dws[i % inner] += TestTensors.get(g, i) * normal;
                assertEquals(normal * factor, TestTensors.get(y, i), 2e-5);
                double slope = TestTensors.get(g, i) * factor - normal * root * product;
                assertEquals(slope * root, TestTensors.get(dx, i), 2e-5 * (1 + root * root));
            }
        }
        assertArrayEquals(dws, TestTensors.toDoubles(dw), 2e-5 * Math.sqrt(outer * inner));
    }

    @Test
    void rowsAreDividedByTheirRootMeanSquares() {
        checkRootMeanSquares(1, 1, true);
        checkRootMeanSquares(1, 7, true);
        checkRootMeanSquares(300, 193, true);
        checkRootMeanSquares(3, 20_000, false);
    }

    @Test
    void channelsAreNormalizedOverTheOtherAxes() {
        check(true, 2, 3, 5, 0, true);
        check(true, 8, 5, 49, 3, true);
        check(true, 3, 40, 1024, -1, false);
        check(true, 1, 2, 17, 0, true);
        check(true, 64, 33, 2, 2, true);
    }

    @Test
    void channelsWithoutSpatialAxesAreNormalizedOverTheBatch() {
        check(true, 7, 3, 1, 0, true);
        check(true, 128, 300, 1, 1, true);
        check(true, 1000, 17, 1, -2, false);
    }

    @Test
    void rowsAreNormalizedEachByItself() {
        check(false, 1, 1, 7, 0, true);
        check(false, 5, 1, 16, 1, true);
        check(false, 300, 1, 193, -3, true);
        check(false, 2000, 1, 64, 0, false);
        check(false, 3, 1, 5000, 0, true);
    }

    @Test
    void aMeanFarFromZeroCostsLittlePrecision() {
        check(true, 50, 3, 100, 300, false);
        check(true, 500, 3, 1, 300, false);
        check(false, 5, 1, 1000, 300, false);
    }

    @Test
    void nothingHasNoGradient() {
        View x = empty(0, 3, 4);
        View dw = empty(3);
        View db = empty(3);
        kernels.batch(x, Optional.empty(), Optional.empty(), EPSILON, x, empty(3), empty(3));
        kernels.batchGradient(x, x, Optional.empty(), empty(3), empty(3), x, dw, db);
        assertArrayEquals(new double[3], TestTensors.toDoubles(dw));
        assertArrayEquals(new double[3], TestTensors.toDoubles(db));
    }
}
