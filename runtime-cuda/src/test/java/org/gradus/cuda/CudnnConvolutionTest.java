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
import org.gradus.device.Buffer;
import org.gradus.device.CapturedWork;
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
    static final List<PlainConvolution> CASES =
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

    private ConvolutionTrial trial(PlainConvolution plain, DType dtype) {
        return new ConvolutionTrial(device, plain, dtype);
    }

    private ConvolutionTrial small() {
        return trial(SMALL, DType.F32);
    }

    /** Runs all directions and returns how many calls of cuDNN they took. */
    private int check(PlainConvolution plain, DType dtype) {
        int before = cudnn.calls();
        trial(plain, dtype).checkAll();
        return cudnn.calls() - before;
    }

    // ---- what cuDNN computes

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void allDirectionsAreSumsOfProducts(DType dtype) {
        for (PlainConvolution c : CASES) {
            assertEquals(4, check(c, dtype), "three convolutions and a bias by cuDNN");
        }
    }

    @Test
    void singlePrecisionIsNotRoundedToTensorFloatsUnlessAskedFor() {
        double[] exact = small().expected();
        small().checkForward();
        reopenWith("gradus.cuda.tf32", "on");
        double[] rounded = small().forward();
        double error = 0;
        for (int i = 0; i < exact.length; i++) {
            error = Math.max(error, Math.abs(exact[i] - rounded[i]));
        }
        assertTrue(error > 1e-4 && error < 1e-2, "an error of " + error);
    }

    @Test
    void runsGiveTheSameBitsUnlessThatIsWaived() {
        double[] first = small().weightGradient();
        assertEquals(1, cudnn.lastAlgorithm());
        assertArrayEquals(first, small().weightGradient());
        reopenWith("gradus.cuda.deterministic", "off");
        first = small().weightGradient();
        assertEquals(0, cudnn.lastAlgorithm());
        assertFalse(Arrays.equals(first, small().weightGradient()));
    }

    @Test
    void equalProblemsShareTheChoiceOfAnAlgorithm() {
        int before = cudnn.guesses();
        small().forward();
        small().forward();
        assertEquals(1, cudnn.guesses() - before);
        trial(SMALL, DType.F16).forward();
        assertEquals(2, cudnn.guesses() - before);
    }

    @Test
    void algorithmsAreMeasuredOnceIfAskedFor() {
        int before = cudnn.measurements();
        int guessed = lastAlgorithm();
        assertEquals(0, cudnn.measurements() - before);
        reopenWith("gradus.cuda.tune", "on");
        int measured = lastAlgorithm();
        assertEquals(measured, lastAlgorithm());
        assertEquals(1, cudnn.measurements() - before);
        assertTrue(measured != guessed, "the emulated measurement contradicts the guess");
        small().checkForward();
    }

    private int lastAlgorithm() {
        small().forward();
        return cudnn.lastAlgorithm();
    }

    @Test
    void aConvolutionIsRecordedAndRepeatedAndNotMeasuredMeanwhile() {
        reopenWith("gradus.cuda.tune", "on");
        int before = cudnn.measurements();
        ConvolutionTrial trial = small();
        View x = trial.input();
        View w = trial.weight();
        View y = trial.output();
        try (CapturedWork work = device.capture(() -> trial.forward(x, w, Optional.empty(), y))) {
            for (int i = 0; i < 2; i++) {
                device.fill(y, 0);
                work.replay(new long[0]);
                trial.assertClose(trial.expected(), new DeviceTensors(device).read(y));
            }
        }
        assertEquals(0, cudnn.measurements() - before);
    }

    @Test
    void anAlgorithmThatNeedsTooMuchMemoryIsNotTaken() {
        assertEquals(6, lastAlgorithm());
        reopenWith("gradus.cuda.workspace", "1000");
        assertEquals(1, lastAlgorithm());
        reopenWith("gradus.cuda.workspace", "0");
        assertEquals(0, lastAlgorithm());
        small().checkForward();
    }

    @Test
    void whereThereIsNoRoomAnAlgorithmThatNeedsLessIsTakenAndKept() {
        ConvolutionTrial trial = small();
        View image = trial.input();
        View weight = trial.weight();
        View output = trial.output();
        trial.forward(image, weight, Optional.empty(), output);
        assertEquals(6, cudnn.lastAlgorithm());
        device.trim();
        long left = (1L << 26) - device.memory().usedBytes();
        Buffer most = device.allocate(DType.U8, left - 1000);
        trial.forward(image, weight, Optional.empty(), output);
        assertEquals(1, cudnn.lastAlgorithm());
        Buffer rest = device.allocate(DType.U8, 1000 - 8);
        trial.forward(image, weight, Optional.empty(), output);
        assertEquals(0, cudnn.lastAlgorithm());
        most.release();
        rest.release();
        trial.checkForward();
        assertEquals(0, cudnn.lastAlgorithm());
    }

    @Test
    void anImageWithGapsIsTakenAsItLies() {
        int before = cudnn.calls();
        ConvolutionTrial trial = small();
        double[] y = trial.forward(trial.input(3, 0), trial.weight(), Optional.empty());
        trial.assertClose(trial.expected(), y);
        assertEquals(1, cudnn.calls() - before);
    }

    @Test
    void workspacesAreGivenBack() {
        long before = device.memory().buffers();
        small().forward();
        assertEquals(3, device.memory().buffers() - before, "image, weight and output");
    }

    @Test
    void aPropertyTakesOnlyOnAndOff() {
        var e =
                assertThrows(
                        DeviceException.class, () -> reopenWith("gradus.cuda.deterministic", "no"));
        assertTrue(e.getMessage().contains("is 'no': it takes on or off"), e.getMessage());
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
        small().checkForward();
        small().checkForward();
        assertEquals(0, cudnn.calls() - before);
    }

    @Test
    void aWeightWithGapsOrAnAddressBetweenGoesToTheOwnKernels() {
        int before = cudnn.calls();
        ConvolutionTrial trial = small();
        double[] gaps = trial.forward(trial.input(), trial.weight(2), Optional.empty());
        trial.assertClose(trial.expected(), gaps);
        double[] between = trial.forward(trial.input(1, 1), trial.weight(), Optional.empty());
        trial.assertClose(trial.expected(), between);
        assertEquals(0, cudnn.calls() - before);
    }

    @Test
    void doublePrecisionThatCudnnDoesNotTakeIsMadeOfColumns() {
        for (PlainConvolution plain : CASES) {
            cudnn.failNext(3000);
            trial(plain, DType.F64).checkForward();
        }
        int before = cudnn.calls();
        ConvolutionTrial trial = trial(CASES.get(1), DType.F64);
        double[] y = trial.forward(trial.input(), trial.weight(2), Optional.empty());
        trial.assertClose(trial.expected(), y);
        assertEquals(0, cudnn.calls() - before);
    }

    @Test
    void emptyOutputsAreNoProblem() {
        PlainConvolution none = image(of(1, 1, 2, 2), 1, 1, 3, 1, 0, 1);
        assertEquals(0, trial(none, DType.F32).forward().length);
        assertEquals(0, trial(none, DType.F64).forward().length);
    }

    @Test
    void aFailureNamesDeviceOperationShapesAndStatus() {
        small().forward();
        cudnn.failNext(5000);
        var e = assertThrows(DeviceException.class, () -> small().forward());
        for (String part :
                List.of(
                        "the device cuda:0 could not convolve f32[2, 3, 6, 6] with [4, 3, 3, 3]",
                        "stride=[1, 1]",
                        "by cuDNN 9.99.0",
                        "cudnnConvolutionForward gave CUDNN_STATUS_EXECUTION_FAILED (5000)",
                        "this failure was planted")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
        small().checkForward();
    }
}
