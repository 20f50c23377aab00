package org.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.gradus.device.DeviceException;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Convolutions by the emulated cuDNN 8, through the real JCudnn. */
class JCudnnTest {
    private static final int NOT_SUPPORTED = 9;
    private static final int EXECUTION_FAILED = 8;

    private final EmulatedCudnn cudnn = new EmulatedCudnn(8);

    @TempDir Path cache;

    private int objectsBefore;
    private CudaDevice device;

    @BeforeEach
    void open() {
        objectsBefore = cudnn.objects();
        device = openDevice();
    }

    private CudaDevice openDevice() {
        Cuda cuda = Cuda.open(cudnn.search());
        DeviceInfo info = cuda.devices().getFirst();
        return CudaDevice.open("cuda:0", info, cuda, 1L << 26, new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        device.close();
        assertEquals(objectsBefore, cudnn.objects(), "descriptors and handles given back");
    }

    private ConvolutionTrial first(DType dtype) {
        return new ConvolutionTrial(device, CudnnConvolutionTest.CASES.getFirst(), dtype);
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void allDirectionsAreSumsOfProducts(DType dtype) {
        for (PlainConvolution plain : CudnnConvolutionTest.CASES) {
            int before = cudnn.calls();
            new ConvolutionTrial(device, plain, dtype).checkAll();
            assertEquals(4, cudnn.calls() - before, "three convolutions and a bias by cuDNN");
        }
    }

    @Test
    void runsGiveTheSameBits() {
        first(DType.F32).weightGradient();
        assertEquals(1, cudnn.lastAlgorithm());
    }

    @Test
    void algorithmsAreMeasuredOnceIfAskedFor() {
        Properties.with(
                "gradus.cuda.tune",
                "on",
                () -> {
                    try (CudaDevice tuned = openDevice()) {
                        int before = cudnn.measurements();
                        PlainConvolution plain = CudnnConvolutionTest.CASES.getFirst();
                        var trial = new ConvolutionTrial(tuned, plain, DType.F32);
                        trial.checkAll();
                        trial.checkAll();
                        assertEquals(3, cudnn.measurements() - before);
                    }
                });
    }

    @Test
    void whatCudnnDoesNotSupportGoesToTheOwnKernels() {
        cudnn.failNext(NOT_SUPPORTED);
        int before = cudnn.calls();
        first(DType.F32).checkForward();
        assertEquals(0, cudnn.calls() - before);
    }

    @Test
    void aFailureNamesFunctionAndStatus() {
        cudnn.failNext(EXECUTION_FAILED);
        var e = assertThrows(DeviceException.class, () -> first(DType.F32).forward());
        assertTrue(
                e.getMessage()
                        .contains(
                                "by cuDNN 8.9.90: cudnnConvolutionForward gave"
                                        + " CUDNN_STATUS_EXECUTION_FAILED (8)"),
                e.getMessage());
    }
}
