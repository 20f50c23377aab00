package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.DeviceException;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions by the emulated cuDNN, against sums of products, and what goes elsewhere. */
class CudnnConvolutionTest {
    private static final List<PlainConvolution> CASES =
            List.of(
                    image(of(2, 3, 7, 5), 4, 1, 3, 1, 1, 1),
                    image(of(2, 4, 9, 8), 6, 2, 3, 2, 0, 1),
                    image(of(1, 3, 9, 9), 3, 3, 2, 1, 2, 3),
                    image(of(1, 2, 4, 4), 5, 1, 1, 3, 0, 1),
                    new PlainConvolution(of(2, 4, 11), 6, 2, window(of(3), of(2), of(2), of(2))),
                    new PlainConvolution(
                            of(1, 2, 6, 9), 2, 1, window(of(2, 5), of(1, 3), of(0, 2), of(2, 1))),
                    new PlainConvolution(
                            of(2, 2, 4, 5, 3),
                            4,
                            2,
                            window(of(2, 3, 1), of(1, 2, 1), of(1, 1, 0), of(1, 1, 1))));

    /** What the emulated cuDNN takes in 32 bits, and not in 16. */
    private static final PlainConvolution DILATED =
            new PlainConvolution(
                    of(1, 2, 5, 4, 4),
                    3,
                    1,
                    window(of(2, 2, 2), of(1, 1, 1), of(0, 1, 0), of(2, 1, 1)));

    private static final PlainConvolution SMALL = image(of(2, 3, 6, 6), 4, 1, 3, 1, 1, 1);

    private final EmulatedCudnn cudnn = new EmulatedCudnn(9);
    private final List<String> properties = new ArrayList<>();

    @TempDir Path cache;

    private int objectsBefore;
    private CudaDevice device;
    private DeviceTensors tensors;

    private static int[] of(int... values) {
        return values;
    }

    private static Window window(int[] kernel, int[] stride, int[] padding, int[] dilation) {
        return new Window(kernel, stride, padding, dilation);
    }

    private static PlainConvolution image(
            int[] image, int filters, int groups, int kernel, int stride, int pad, int dilation) {
        return new PlainConvolution(
                image,
                filters,
                groups,
                window(
                        of(kernel, kernel),
                        of(stride, stride),
                        of(pad, pad),
                        of(dilation, dilation)));
    }

    @BeforeEach
    void open() {
        objectsBefore = cudnn.objects();
        reopen();
    }

    private void reopen() {
        if (device != null) {
            device.close();
        }
        Cuda cuda = Cuda.open(cudnn.search());
        device =
                CudaDevice.open(
                        "cuda:0",
                        cuda.devices().getFirst(),
                        cuda,
                        1L << 26,
                        new BinaryCache(cache));
        tensors = new DeviceTensors(device);
    }

    private void reopenWith(String property, String value) {
        System.setProperty(property, value);
        properties.add(property);
        reopen();
    }

    @AfterEach
    void close() {
        properties.forEach(System::clearProperty);
        Emulator.get().forgetErrors();
        device.close();
        assertEquals(objectsBefore, cudnn.objects(), "descriptors and handles given back");
    }

    private ConvolutionKernels kernels(DType dtype) {
        return device.kernels(ConvolutionKernels.class, dtype).orElseThrow();
    }

    private double[] forward(PlainConvolution c, DType dtype, View x, View w, Optional<View> bias) {
        View y = tensors.empty(dtype, c.output());
        kernels(dtype).forward(x, w, bias, c.window(), c.groups(), y);
        return tensors.read(y);
    }

    private double[] forward(PlainConvolution c, DType dtype) {
        return forward(c, dtype, input(c, dtype), weight(c, dtype), Optional.empty());
    }

    private View input(PlainConvolution c, DType dtype) {
        return tensors.of(dtype, x(c, dtype), c.image());
    }

    private View weight(PlainConvolution c, DType dtype) {
        return tensors.of(dtype, w(c, dtype), c.weight());
    }

    private static double[] x(PlainConvolution c, DType dtype) {
        return DeviceTensors.random(dtype, 1, c.image());
    }

    private static double[] w(PlainConvolution c, DType dtype) {
        return DeviceTensors.random(dtype, 2, c.weight());
    }

    private double[] plain(PlainConvolution c, DType dtype) {
        return c.forward(x(c, dtype), w(c, dtype), new double[c.filters()]);
    }

    /** Runs all three directions and returns how many calls of cuDNN they took. */
    private int check(PlainConvolution c, DType dtype) {
        double[] x = x(c, dtype);
        double[] w = w(c, dtype);
        double[] b = DeviceTensors.random(dtype, 3, c.filters());
        double[] g = DeviceTensors.random(dtype, 4, c.output());
        View input = tensors.of(dtype, x, c.image());
        View weight = tensors.of(dtype, w, c.weight());
        View gradient = tensors.of(dtype, g, c.output());
        Optional<View> bias = Optional.of(tensors.of(dtype, b, c.filters()));
        int before = cudnn.calls();
        assertClose(c.forward(x, w, b), forward(c, dtype, input, weight, bias), dtype, c);
        View dx = tensors.empty(dtype, c.image());
        kernels(dtype).inputGradient(gradient, weight, c.window(), c.groups(), dx);
        assertClose(c.inputGradient(g, w), tensors.read(dx), dtype, c);
        View dw = tensors.empty(dtype, c.weight());
        kernels(dtype).weightGradient(input, gradient, c.window(), c.groups(), dw);
        assertClose(c.weightGradient(x, g), tensors.read(dw), dtype, c);
        return cudnn.calls() - before;
    }

    private static void assertClose(
            double[] expected, double[] actual, DType dtype, PlainConvolution c) {
        String what = Arrays.toString(c.image()) + " " + c.window() + " " + dtype;
        DeviceTensors.assertClose(expected, actual, dtype, what);
    }

    // ---- what cuDNN computes

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void allDirectionsAreSumsOfProducts(DType dtype) {
        for (PlainConvolution c : CASES) {
            assertEquals(4, check(c, dtype), "three convolutions and a bias by cuDNN");
        }
    }

    @Test
    void singlePrecisionIsNotRoundedToTensorFloatsUnlessAskedFor() {
        double[] exact = plain(SMALL, DType.F32);
        assertClose(exact, forward(SMALL, DType.F32), DType.F32, SMALL);
        reopenWith("gradus.cuda.tf32", "on");
        double[] rounded = forward(SMALL, DType.F32);
        double error = 0;
        for (int i = 0; i < exact.length; i++) {
            error = Math.max(error, Math.abs(exact[i] - rounded[i]));
        }
        assertTrue(error > 1e-4 && error < 1e-2, "an error of " + error);
    }

    @Test
    void runsGiveTheSameBitsUnlessThatIsWaived() {
        View x = input(SMALL, DType.F32);
        View g =
                tensors.of(
                        DType.F32,
                        DeviceTensors.random(DType.F32, 4, SMALL.output()),
                        SMALL.output());
        double[] first = weightGradient(x, g);
        assertEquals(1, cudnn.lastAlgorithm());
        assertArrayEquals(first, weightGradient(x, g));
        reopenWith("gradus.cuda.deterministic", "off");
        x = input(SMALL, DType.F32);
        g =
                tensors.of(
                        DType.F32,
                        DeviceTensors.random(DType.F32, 4, SMALL.output()),
                        SMALL.output());
        first = weightGradient(x, g);
        assertEquals(0, cudnn.lastAlgorithm());
        assertFalse(Arrays.equals(first, weightGradient(x, g)));
    }

    private double[] weightGradient(View x, View g) {
        View dw = tensors.empty(DType.F32, SMALL.weight());
        kernels(DType.F32).weightGradient(x, g, SMALL.window(), 1, dw);
        return tensors.read(dw);
    }

    @Test
    void equalProblemsShareTheChoiceOfAnAlgorithm() {
        int before = cudnn.guesses();
        forward(SMALL, DType.F32);
        forward(SMALL, DType.F32);
        assertEquals(1, cudnn.guesses() - before);
        forward(SMALL, DType.F16);
        assertEquals(2, cudnn.guesses() - before);
        assertEquals(0, cudnn.measurements());
    }

    @Test
    void algorithmsAreMeasuredOnceIfAskedFor() {
        int guessed = lastAlgorithmOf(SMALL);
        reopenWith("gradus.cuda.tune", "on");
        int before = cudnn.measurements();
        int measured = lastAlgorithmOf(SMALL);
        assertEquals(measured, lastAlgorithmOf(SMALL));
        assertEquals(1, cudnn.measurements() - before);
        assertTrue(measured != guessed, "the emulated measurement contradicts the guess");
        assertClose(plain(SMALL, DType.F32), forward(SMALL, DType.F32), DType.F32, SMALL);
    }

    private int lastAlgorithmOf(PlainConvolution c) {
        forward(c, DType.F32);
        return cudnn.lastAlgorithm();
    }

    @Test
    void anAlgorithmThatNeedsTooMuchMemoryIsNotTaken() {
        assertEquals(6, lastAlgorithmOf(SMALL));
        reopenWith("gradus.cuda.workspace", "1000");
        assertEquals(1, lastAlgorithmOf(SMALL));
        reopenWith("gradus.cuda.workspace", "0");
        assertEquals(0, lastAlgorithmOf(SMALL));
        assertClose(plain(SMALL, DType.F32), forward(SMALL, DType.F32), DType.F32, SMALL);
    }

    @Test
    void anImageWithGapsIsTakenAsItLies() {
        int before = cudnn.calls();
        View x = tensors.spread(DType.F32, x(SMALL, DType.F32), 3, 0, SMALL.image());
        double[] y = forward(SMALL, DType.F32, x, weight(SMALL, DType.F32), Optional.empty());
        assertClose(plain(SMALL, DType.F32), y, DType.F32, SMALL);
        assertEquals(1, cudnn.calls() - before);
    }

    @Test
    void workspacesAreGivenBack() {
        forward(SMALL, DType.F32);
        long blocks = device.memory().buffers();
        View x = input(SMALL, DType.F32);
        View w = weight(SMALL, DType.F32);
        View y = tensors.empty(DType.F32, SMALL.output());
        kernels(DType.F32).forward(x, w, Optional.empty(), SMALL.window(), 1, y);
        assertEquals(blocks + 3, device.memory().buffers());
    }

    // ---- what it does not

    @Test
    void whatCudnnDoesNotSupportGoesToTheOwnKernelsAndIsRemembered() {
        assertEquals(4, check(DILATED, DType.F32));
        int before = cudnn.guesses();
        assertEquals(0, check(DILATED, DType.F16));
        assertEquals(0, check(DILATED, DType.F16));
        assertEquals(3, cudnn.guesses() - before);
    }

    @Test
    void aProblemThatIsRefusedOnlyWhenRunGoesToTheOwnKernels() {
        cudnn.failNext(3000);
        int before = cudnn.calls();
        assertClose(plain(SMALL, DType.F32), forward(SMALL, DType.F32), DType.F32, SMALL);
        assertClose(plain(SMALL, DType.F32), forward(SMALL, DType.F32), DType.F32, SMALL);
        assertEquals(0, cudnn.calls() - before);
    }

    @Test
    void aWeightWithGapsOrAnAddressBetweenGoesToTheOwnKernels() {
        int before = cudnn.calls();
        View x = input(SMALL, DType.F32);
        View w = weight(SMALL, DType.F32);
        View spread = tensors.spread(DType.F32, w(SMALL, DType.F32), 2, 0, SMALL.weight());
        View between = tensors.spread(DType.F32, x(SMALL, DType.F32), 1, 1, SMALL.image());
        double[] expected = plain(SMALL, DType.F32);
        assertClose(
                expected, forward(SMALL, DType.F32, x, spread, Optional.empty()), DType.F32, SMALL);
        assertClose(
                expected,
                forward(SMALL, DType.F32, between, w, Optional.empty()),
                DType.F32,
                SMALL);
        assertEquals(0, cudnn.calls() - before);
    }

    @Test
    void emptyOutputsAreNoProblem() {
        PlainConvolution none = image(of(1, 1, 2, 2), 1, 1, 3, 1, 0, 1);
        assertEquals(0, forward(none, DType.F32).length);
    }

    @Test
    void aFailureNamesDeviceOperationShapesAndStatus() {
        forward(SMALL, DType.F32);
        cudnn.failNext(5000);
        var e = assertThrows(DeviceException.class, () -> forward(SMALL, DType.F32));
        for (String part :
                List.of(
                        "the device cuda:0 could not convolve f32[2, 3, 6, 6] with [4, 3, 3, 3]",
                        "stride=[1, 1]",
                        "by cuDNN 9.99.0",
                        "cudnnConvolutionForward gave CUDNN_STATUS_EXECUTION_FAILED (5000)",
                        "this failure was planted")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        assertClose(plain(SMALL, DType.F32), forward(SMALL, DType.F32), DType.F32, SMALL);
    }
}
