package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.PoolingKernels;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batch normalization and average pooling by the emulated cuDNN, against the own kernels. */
class CudnnLayersTest {
    private static final double EPSILON = 1e-5;

    private final EmulatedCudnn cudnn = new EmulatedCudnn(9);

    @TempDir Path cache;

    private int objectsBefore;
    private CudaDevice device;
    private CudaDevice own;

    @BeforeEach
    void open() {
        objectsBefore = cudnn.objects();
        device = open(Cuda.open(cudnn.search()));
        own = open(Cuda.open(Emulator.get().search()));
    }

    private CudaDevice open(Cuda cuda) {
        DeviceInfo info = cuda.devices().getFirst();
        return CudaDevice.open("cuda:0", info, cuda, 1L << 26, new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        device.close();
        own.close();
        assertEquals(objectsBefore, cudnn.objects(), "descriptors and handles given back");
    }

    /** Runs something on both devices and returns how many calls of cuDNN that took. */
    private int check(DType dtype, Computation computation) {
        int before = cudnn.calls();
        double[][] actual = computation.run(device, new DeviceTensors(device));
        int calls = cudnn.calls() - before;
        double[][] expected = computation.run(own, new DeviceTensors(own));
        assertEquals(calls, cudnn.calls() - before, "the own kernels do not call cuDNN");
        for (int i = 0; i < expected.length; i++) {
            DeviceTensors.assertClose(expected[i], actual[i], dtype, "result " + i);
        }
        return calls;
    }

    private interface Computation {
        double[][] run(CudaDevice device, DeviceTensors tensors);
    }

    private static double[] random(DType dtype, int seed, int... sizes) {
        return DeviceTensors.random(dtype, seed, sizes);
    }

    // ---- normalization of channels

    /** Normalizes {@code [outer, channels, inner]} forward and backward, once. */
    private int normalize(DType dtype, boolean parameters, int outer, int channels, int inner) {
        return check(
                dtype,
                (on, tensors) -> {
                    int[] sizes = {outer, channels, inner};
                    View x = tensors.of(dtype, random(dtype, 1, sizes), sizes);
                    View g = tensors.of(dtype, random(dtype, 2, sizes), sizes);
                    Optional<View> w =
                            Optional.of(tensors.of(dtype, random(dtype, 3, channels), channels))
                                    .filter(view -> parameters);
                    Optional<View> b =
                            Optional.of(tensors.of(dtype, random(dtype, 4, channels), channels))
                                    .filter(view -> parameters);
                    View y = tensors.empty(dtype, sizes);
                    View dx = tensors.empty(dtype, sizes);
                    View mean = tensors.empty(DType.F32, channels);
                    View inverse = tensors.empty(DType.F32, channels);
                    View dw = tensors.empty(dtype, channels);
                    View db = tensors.empty(dtype, channels);
                    NormalizationKernels kernels =
                            on.kernels(NormalizationKernels.class, dtype).orElseThrow();
                    kernels.batch(x, w, b, EPSILON, y, mean, inverse);
                    kernels.batchGradient(g, x, w, mean, inverse, dx, dw, db);
                    return new double[][] {
                        tensors.read(y),
                        tensors.read(mean),
                        tensors.read(inverse),
                        tensors.read(dx),
                        tensors.read(dw),
                        tensors.read(db)
                    };
                });
    }

    @Test
    void channelsAreNormalizedForwardAndBackward() {
        assertEquals(2, normalize(DType.F32, true, 3, 5, 14));
        assertEquals(2, normalize(DType.F32, true, 7, 4, 1));
    }

    @Test
    void channelsWithoutParametersOrInSixteenBitsGoToTheOwnKernels() {
        assertEquals(0, normalize(DType.F32, false, 3, 5, 14));
        assertEquals(0, normalize(DType.F16, true, 3, 5, 14));
    }

    @Test
    void rowsGoToTheOwnKernels() {
        int calls =
                check(
                        DType.F32,
                        (on, tensors) -> {
                            View x = tensors.of(DType.F32, random(DType.F32, 1, 4, 6), 4, 6);
                            View y = tensors.empty(DType.F32, 4, 6);
                            View inverse = tensors.empty(DType.F32, 4);
                            on.kernels(NormalizationKernels.class, DType.F32)
                                    .orElseThrow()
                                    .rms(x, Optional.empty(), EPSILON, y, inverse);
                            return new double[][] {tensors.read(y), tensors.read(inverse)};
                        });
        assertEquals(0, calls);
    }

    // ---- pooling

    private int average(DType dtype, boolean countPadding, Window window, int... image) {
        int[] sizes = image.clone();
        for (int axis = 0; axis < window.rank(); axis++) {
            sizes[axis + 2] = window.outputSize(axis, image[axis + 2]);
        }
        return check(
                dtype,
                (on, tensors) -> {
                    View x = tensors.of(dtype, random(dtype, 1, image), image);
                    View y = tensors.empty(dtype, sizes);
                    View dx = tensors.empty(dtype, image);
                    PoolingKernels kernels = on.kernels(PoolingKernels.class, dtype).orElseThrow();
                    kernels.average(x, window, countPadding, y);
                    kernels.averageGradient(y, window, countPadding, dx);
                    return new double[][] {tensors.read(y), tensors.read(dx)};
                });
    }

    private static Window window(int kernel, int stride, int padding, int dilation) {
        return new Window(
                new int[] {kernel, kernel},
                new int[] {stride, stride},
                new int[] {padding, padding},
                new int[] {dilation, dilation});
    }

    @Test
    void meansOfWindowsAreTaken() {
        Window row = new Window(new int[] {3}, new int[] {2}, new int[] {1}, new int[] {1});
        assertEquals(1, average(DType.F32, false, window(3, 2, 1, 1), 2, 3, 7, 6));
        assertEquals(1, average(DType.F32, true, window(3, 2, 1, 1), 2, 3, 7, 6));
        assertEquals(1, average(DType.F32, true, row, 2, 3, 8));
        assertEquals(1, average(DType.F16, false, window(2, 2, 0, 1), 1, 2, 5, 4));
    }

    @Test
    void meansThatCudnnDoesNotHaveGoToTheOwnKernels() {
        assertEquals(0, average(DType.F32, false, window(2, 1, 0, 2), 2, 3, 7, 6));
        assertEquals(0, average(DType.BF16, false, window(2, 2, 0, 1), 1, 2, 5, 4));
        assertEquals(0, average(DType.F32, true, window(2, 2, 2, 1), 1, 2, 5, 4));
    }
}
