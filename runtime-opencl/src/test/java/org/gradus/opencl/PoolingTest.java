package org.gradus.opencl;

import java.util.Arrays;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.PoolingKernels;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.opencl.Twins.Spec;
import org.gradus.opencl.Twins.Special;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pooling against the CPU, also of what is equal, infinite or not a number. */
class PoolingTest {
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

    /** An image {@code [batch, channels, spatial...]} and a window over it. */
    record Case(int[] image, Window window) {
        int[] output() {
            int[] sizes = image.clone();
            for (int axis = 0; axis < window.rank(); axis++) {
                sizes[axis + 2] = window.outputSize(axis, image[axis + 2]);
            }
            return sizes;
        }

        @Override
        public String toString() {
            return Arrays.toString(image) + " " + window;
        }
    }

    private static int[] of(int... values) {
        return values;
    }

    /** Cases that a simulator can run. */
    static Stream<Case> tiny() {
        return Stream.of(
                new Case(of(2, 2, 5, 6), new Window(of(3, 2), of(2, 2), of(1, 1), of(1, 1))),
                new Case(of(1, 3, 7), new Window(of(3), of(1), of(1), of(2))));
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(of(2, 3, 8, 8), new Window(of(2, 2), of(2, 2), of(0, 0), of(1, 1))),
                new Case(of(2, 3, 7, 35), new Window(of(2, 2), of(2, 2), of(0, 0), of(1, 1))),
                new Case(of(2, 3, 9, 11), new Window(of(3, 3), of(2, 2), of(1, 1), of(1, 1))),
                new Case(of(1, 2, 9, 8), new Window(of(3, 2), of(1, 3), of(1, 0), of(2, 1))),
                new Case(of(1, 1, 1, 1), new Window(of(1, 1), of(1, 1), of(0, 0), of(1, 1))),
                new Case(of(3, 2, 17), new Window(of(4), of(3), of(2), of(1))),
                new Case(of(2, 2, 4), new Window(of(2), of(2), of(2), of(1))),
                new Case(
                        of(2, 2, 5, 6, 4),
                        new Window(of(2, 3, 2), of(2, 1, 2), of(1, 1, 0), of(1, 1, 1))));
    }

    private static PoolingKernels kernels(Twins twins, Device device) {
        return twins.kernels(device, PoolingKernels.class);
    }

    /** Runs all of them on views of every layout. */
    static void check(Twins twins, Case c) {
        Spec input = Spec.of(DType.F32, c.image());
        Spec output = Spec.of(DType.F32, c.output());
        Spec indices = Spec.of(DType.I64, c.output());
        maximum(twins, c, input, output, indices);
        maximum(twins, c, input.with(new Special()), output, indices);
        maximum(twins, c, input.transposed(), output.flipped(), indices.spread());
        for (boolean countPadding : new boolean[] {false, true}) {
            average(twins, c, countPadding, input, output);
            average(twins, c, countPadding, input.flipped(), output.transposed());
        }
    }

    private static void maximum(Twins twins, Case c, Spec input, Spec output, Spec indices) {
        twins.check(
                c + " maximum",
                Float.MIN_NORMAL,
                (d, v) -> kernels(twins, d).maximum(v.get(0), c.window(), v.get(1), v.get(2)),
                input,
                output,
                indices);
    }

    private static void average(
            Twins twins, Case c, boolean countPadding, Spec input, Spec output) {
        twins.check(
                c + " average",
                1e-6,
                (d, v) -> kernels(twins, d).average(v.get(0), c.window(), countPadding, v.get(1)),
                input,
                output);
        twins.check(
                c + " gradient of the average",
                1e-6,
                (d, v) ->
                        kernels(twins, d)
                                .averageGradient(v.get(0), c.window(), countPadding, v.get(1)),
                output,
                input);
    }

    @ParameterizedTest
    @MethodSource({"tiny", "cases"})
    void isWhatTheCpuComputes(Case c) {
        check(twins, c);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isTheSameInSixteenBits(DType type) {
        tiny().forEach(c -> check(twins.storing(type), c));
    }
}
