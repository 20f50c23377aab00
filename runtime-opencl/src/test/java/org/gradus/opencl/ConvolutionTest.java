package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.Device;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.opencl.Twins.Spec;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions and their adjoints, against the CPU. */
class ConvolutionTest {
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

    /** A convolution: {@code [batch, channels, spatial...]} to so many filters. */
    record Case(int[] image, int filters, int groups, Window window) {
        int[] output() {
            int[] sizes = image.clone();
            sizes[1] = filters;
            for (int axis = 0; axis < window.rank(); axis++) {
                sizes[axis + 2] = window.outputSize(axis, image[axis + 2]);
            }
            return sizes;
        }

        int[] weight() {
            int[] sizes = new int[image.length];
            sizes[0] = filters;
            sizes[1] = image[1] / groups;
            System.arraycopy(window.kernel(), 0, sizes, 2, window.rank());
            return sizes;
        }

        @Override
        public String toString() {
            return Arrays.toString(image) + " to " + filters + " in " + groups + ", " + window;
        }
    }

    private static int[] of(int... values) {
        return values;
    }

    private static Window square(int kernel, int stride, int padding, int dilation) {
        return new Window(
                of(kernel, kernel),
                of(stride, stride),
                of(padding, padding),
                of(dilation, dilation));
    }

    /** Cases that a simulator can run. */
    static Stream<Case> tiny() {
        return Stream.of(
                new Case(of(2, 3, 5, 4), 4, 1, square(3, 1, 1, 1)),
                new Case(of(1, 2, 7, 6), 3, 1, square(3, 2, 1, 1)),
                new Case(of(2, 3, 5, 5), 3, 3, square(3, 2, 0, 1)),
                new Case(of(1, 3, 4, 4), 3, 1, square(1, 2, 0, 1)),
                new Case(of(1, 2, 9), 4, 2, new Window(of(3), of(2), of(2), of(2))));
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(of(2, 3, 7, 7), 5, 1, square(3, 1, 1, 1)),
                new Case(of(1, 1, 1, 1), 1, 1, square(1, 1, 0, 1)),
                new Case(of(3, 17, 8, 8), 13, 1, square(3, 1, 1, 1)),
                new Case(of(9, 6, 4, 4), 16, 1, square(3, 1, 1, 1)),
                new Case(of(5, 8, 2, 2), 33, 1, square(2, 1, 1, 1)),
                new Case(of(2, 5, 17, 17), 7, 1, square(5, 2, 2, 1)),
                new Case(of(2, 4, 14, 14), 6, 1, square(4, 2, 1, 1)),
                new Case(of(2, 4, 15, 15), 6, 1, square(1, 2, 0, 1)),
                new Case(of(2, 4, 15, 15), 6, 1, square(2, 3, 0, 1)),
                new Case(of(2, 4, 16, 16), 6, 1, square(3, 3, 4, 2)),
                new Case(of(2, 3, 16, 11), 4, 1, square(3, 4, 2, 6)),
                new Case(of(2, 6, 10, 10), 9, 3, square(3, 1, 1, 1)),
                new Case(of(2, 12, 13, 13), 12, 12, square(3, 2, 1, 1)),
                new Case(of(2, 5, 9, 9), 10, 5, square(3, 1, 1, 1)),
                new Case(of(2, 6, 9, 9), 2, 1, square(4, 2, 1, 1)),
                new Case(of(1, 40, 18, 18), 70, 1, square(3, 1, 1, 1)),
                new Case(of(32, 1, 28, 28), 6, 1, square(5, 1, 2, 1)),
                new Case(of(2, 6, 9, 20), 4, 1, new Window(of(2, 5), of(1, 3), of(0, 2), of(2, 1))),
                new Case(of(2, 4, 23), 6, 2, new Window(of(5), of(2), of(3), of(2))),
                new Case(of(5, 7, 40), 3, 1, new Window(of(3), of(1), of(1), of(1))),
                new Case(
                        of(2, 3, 5, 6, 7),
                        4,
                        1,
                        new Window(of(3, 2, 3), of(1, 2, 1), of(1, 0, 1), of(1, 1, 2))),
                new Case(
                        of(1, 4, 6, 5, 4),
                        8,
                        2,
                        new Window(of(2, 2, 2), of(2, 1, 2), of(0, 1, 1), of(1, 1, 1))));
    }

    private static ConvolutionKernels kernels(Twins twins, Device device) {
        return twins.kernels(device, ConvolutionKernels.class);
    }

    private static ConvolutionKernels kernels(Device device) {
        return device.kernels(ConvolutionKernels.class, DType.F32).orElseThrow();
    }

    /** Runs all three on views of every layout. */
    static void check(Twins twins, Case c) {
        Spec input = Spec.of(DType.F32, c.image());
        Spec weight = Spec.of(DType.F32, c.weight());
        Spec output = Spec.of(DType.F32, c.output());
        Spec bias = Spec.of(DType.F32, c.filters());
        forward(twins, c, input, weight, bias, output);
        forward(twins, c, input.transposed(), weight.spread(), bias.spread(), output.flipped());
        twins.check(
                c + " without bias",
                1e-4,
                (d, v) ->
                        kernels(twins, d)
                                .forward(
                                        v.get(0),
                                        v.get(1),
                                        Optional.empty(),
                                        c.window(),
                                        c.groups(),
                                        v.get(2)),
                input,
                weight,
                output);
        inputGradient(twins, c, output, weight, input);
        inputGradient(twins, c, output.spread(), weight.transposed(), input.transposed());
        weightGradient(twins, c, input, output, weight);
        weightGradient(twins, c, input.flipped(), output.transposed(), weight.transposed());
    }

    private static void forward(
            Twins twins, Case c, Spec input, Spec weight, Spec bias, Spec output) {
        twins.check(
                c + " forward",
                1e-4,
                (d, v) -> {
                    Optional<View> shift = Optional.of(v.get(2));
                    kernels(twins, d)
                            .forward(v.get(0), v.get(1), shift, c.window(), c.groups(), v.get(3));
                },
                input,
                weight,
                bias,
                output);
    }

    private static void inputGradient(
            Twins twins, Case c, Spec outputGradient, Spec weight, Spec inputGradient) {
        twins.check(
                c + " gradient of the input",
                1e-4,
                (d, v) ->
                        kernels(twins, d)
                                .inputGradient(
                                        v.get(0), v.get(1), c.window(), c.groups(), v.get(2)),
                outputGradient,
                weight,
                inputGradient);
    }

    private static void weightGradient(
            Twins twins, Case c, Spec input, Spec outputGradient, Spec weightGradient) {
        twins.check(
                c + " gradient of the weight",
                1e-3,
                (d, v) ->
                        kernels(twins, d)
                                .weightGradient(
                                        v.get(0), v.get(1), c.window(), c.groups(), v.get(2)),
                input,
                outputGradient,
                weightGradient);
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

    /** Sums that are cut into parts, over groups that run in any order. */
    @Test
    void runsGiveTheSameBits() {
        Window window = square(3, 1, 1, 1);
        View input = random(8, 3, 40, 40);
        View gradient = random(8, 5, 40, 40);
        float[] first = weightGradient(input, gradient, window);
        for (int run = 0; run < 5; run++) {
            assertArrayEquals(first, weightGradient(input, gradient, window));
        }
    }

    private static float[] weightGradient(View input, View gradient, Window window) {
        View result = random(5, 3, 3, 3);
        kernels(device).weightGradient(input, gradient, window, 1, result);
        float[] values = new float[(int) result.elements()];
        device.download(result.buffer(), 0, MemorySegment.ofArray(values));
        result.buffer().release();
        return values;
    }

    private static View random(int... sizes) {
        Shape shape = Shape.of(sizes);
        float[] values = new float[(int) shape.elements()];
        Random random = new Random(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        View view = View.of(device.allocate(DType.F32, values.length), shape);
        device.upload(MemorySegment.ofArray(values), view.buffer(), 0);
        return view;
    }
}
