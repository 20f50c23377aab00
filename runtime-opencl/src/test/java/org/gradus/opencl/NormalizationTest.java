package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.gradus.device.Device;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.opencl.Twins.Near1;
import org.gradus.opencl.Twins.Spec;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Normalization of channels and rows against the CPU, and far from zero. */
class NormalizationTest {
    private static final double EPSILON = 1e-5;

    private static OpenClDevice device;
    private static Twins twins;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
        twins = new Twins(device);
    }

    @AfterAll
    static void close() {
        if (device != null) {
            twins.close();
            device.close();
        }
    }

    private static NormalizationKernels kernels(Twins twins, Device device) {
        return twins.kernels(device, NormalizationKernels.class);
    }

    private static NormalizationKernels kernels(Device device) {
        return device.kernels(NormalizationKernels.class, DType.F32).orElseThrow();
    }

    private static Optional<View> when(boolean affine, View view) {
        return affine ? Optional.of(view) : Optional.empty();
    }

    /** Normalizes {@code [outer, channels, inner]} and takes the gradients. */
    static void checkChannels(Twins twins, int outer, int channels, int inner) {
        Spec image = Spec.of(DType.F32, outer, channels, inner);
        Spec channel = Spec.of(DType.F32, channels);
        for (boolean affine : new boolean[] {true, false}) {
            twins.check(
                    "channels of " + image.shape() + (affine ? " with weight" : ""),
                    2e-4,
                    (d, v) -> {
                        Optional<View> weight = when(affine, v.get(2));
                        Optional<View> bias = when(affine, v.get(3));
                        kernels(twins, d)
                                .batch(
                                        v.get(0), weight, bias, EPSILON, v.get(4), v.get(5),
                                        v.get(6));
                        kernels(twins, d)
                                .batchGradient(
                                        v.get(1), v.get(0), weight, v.get(5), v.get(6), v.get(7),
                                        v.get(8), v.get(9));
                    },
                    image,
                    image,
                    channel.with(new Near1()),
                    channel,
                    image,
                    Spec.statistic(channels),
                    Spec.statistic(channels),
                    image,
                    channel,
                    channel);
        }
    }

    /** Normalizes {@code [rows, inner]} and takes the gradients. */
    static void checkRows(Twins twins, int rows, int inner) {
        Spec matrix = Spec.of(DType.F32, rows, inner);
        Spec column = Spec.statistic(rows);
        Spec row = Spec.of(DType.F32, inner);
        for (boolean affine : new boolean[] {true, false}) {
            twins.check(
                    "rows of " + matrix.shape() + (affine ? " with weight" : ""),
                    2e-4,
                    (d, v) -> {
                        Optional<View> weight = when(affine, v.get(2));
                        Optional<View> bias = when(affine, v.get(3));
                        kernels(twins, d)
                                .layer(
                                        v.get(0), weight, bias, EPSILON, v.get(4), v.get(5),
                                        v.get(6));
                        kernels(twins, d)
                                .layerGradient(
                                        v.get(1), v.get(0), weight, v.get(5), v.get(6), v.get(7),
                                        v.get(8), v.get(9));
                    },
                    matrix,
                    matrix,
                    row.with(new Near1()),
                    row,
                    matrix,
                    column,
                    column,
                    matrix,
                    row,
                    row);
        }
    }

    /** Divides {@code [rows, inner]} by their root mean squares and takes the gradients. */
    static void checkRootMeanSquares(Twins twins, int rows, int inner) {
        Spec matrix = Spec.of(DType.F32, rows, inner);
        Spec column = Spec.statistic(rows);
        Spec row = Spec.of(DType.F32, inner);
        for (boolean affine : new boolean[] {true, false}) {
            twins.check(
                    "root mean squares of " + matrix.shape() + (affine ? " with weight" : ""),
                    2e-4,
                    (d, v) -> {
                        Optional<View> weight = when(affine, v.get(2));
                        kernels(twins, d).rms(v.get(0), weight, EPSILON, v.get(3), v.get(4));
                        kernels(twins, d)
                                .rmsGradient(
                                        v.get(1), v.get(0), weight, v.get(4), v.get(5), v.get(6));
                    },
                    matrix,
                    matrix,
                    row.with(new Near1()),
                    matrix,
                    column,
                    matrix,
                    row);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,7", "5,16", "300,193", "3,5000", "33,2", "1,1"})
    void rootMeanSquaresAreWhatTheCpuComputes(int rows, int inner) {
        checkRootMeanSquares(twins, rows, inner);
    }

    @ParameterizedTest
    @CsvSource({
        "2,3,5",
        "8,5,49",
        "3,40,1024",
        "1,2,17",
        "64,33,2",
        "7,3,1",
        "128,300,1",
        "1000,17,1",
        "300,5,100",
        "2,3,20000",
        "5,1,15",
        "4,19,16"
    })
    void channelsAreWhatTheCpuComputes(int outer, int channels, int inner) {
        checkChannels(twins, outer, channels, inner);
    }

    @ParameterizedTest
    @CsvSource({"1,7", "5,16", "300,193", "2000,64", "3,5000", "33,2", "1,129"})
    void rowsAreWhatTheCpuComputes(int rows, int inner) {
        checkRows(twins, rows, inner);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isTheSameInSixteenBits(DType type) {
        checkChannels(twins.storing(type), 8, 5, 49);
        checkChannels(twins.storing(type), 7, 3, 1);
        checkRows(twins.storing(type), 5, 193);
        checkRootMeanSquares(twins.storing(type), 5, 193);
    }

    @Test
    void aMeanFarFromZeroCostsNoPrecision() {
        int outer = 300;
        int inner = 100;
        float[] values = new float[outer * inner];
        double mean = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (3000 + Math.sin(i * 0.37));
            mean += values[i] / (double) values.length;
        }
        double variance = 0;
        for (float value : values) {
            variance += Math.pow(value - mean, 2) / values.length;
        }
        View x = view(outer, 1, inner);
        View y = view(outer, 1, inner);
        View center = view(1);
        View inverse = view(1);
        device.upload(MemorySegment.ofArray(values), x.buffer(), 0);
        kernels(device).batch(x, Optional.empty(), Optional.empty(), EPSILON, y, center, inverse);
        float[] result = download(y);
        double scale = 1 / Math.sqrt(variance + EPSILON);
        assertEquals(mean, download(center)[0], 3e-4);
        assertEquals(scale, download(inverse)[0], 1e-5 * scale);
        for (int i = 0; i < values.length; i += 7) {
            // a mean of 3000 is known to 2.4e-4
            assertEquals((values[i] - mean) * scale, result[i], 1e-3);
        }
    }

    @Test
    void nothingHasNoGradient() {
        View x = view(0, 3, 4);
        View dw = view(3);
        View db = view(3);
        device.fill(dw, Double.NaN);
        device.fill(db, Double.NaN);
        kernels(device).batch(x, Optional.empty(), Optional.empty(), EPSILON, x, dw, db);
        kernels(device).batchGradient(x, x, Optional.empty(), dw, db, x, dw, db);
        assertArrayEquals(new float[3], download(dw));
        assertArrayEquals(new float[3], download(db));
    }

    private static View view(int... sizes) {
        Shape shape = Shape.of(sizes);
        return View.of(device.allocate(DType.F32, shape.elements()), shape);
    }

    private static float[] download(View view) {
        float[] values = new float[(int) view.elements()];
        device.download(view.buffer(), 0, MemorySegment.ofArray(values));
        return values;
    }
}
