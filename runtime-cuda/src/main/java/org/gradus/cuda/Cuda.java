package org.gradus.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.blas.Blas;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.device.DeviceException;

/**
 * What of CUDA is on this machine.
 *
 * @param driver launches kernels
 * @param driverVersion the newest CUDA that the driver supports, 13000 for 13.0
 * @param compiler compiles kernels
 * @param blas multiplies matrices
 * @param cudnn convolves, if it is there
 */
record Cuda(Driver driver, int driverVersion, Nvrtc compiler, Blas blas, CudnnChoice cudnn) {

    /**
     * Opens the driver and the compiler, and chooses libraries.
     *
     * @throws DeviceException if one is missing, too old or sees no GPU, or a library that a
     *     property asks for is missing; the message says which
     */
    static Cuda open(LibrarySearch search) {
        Driver driver = Driver.open(search);
        int result = JCudaDriver.cuInit(0);
        if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
            throw new DeviceException("the NVIDIA driver sees no GPU");
        }
        if (result != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(
                    "the NVIDIA driver does not start: " + CUresult.stringFor(result));
        }
        int[] version = new int[1];
        Driver.check(JCudaDriver.cuDriverGetVersion(version), "cuda", "tell its driver's version");
        if (version[0] < Driver.OLDEST) {
            throw new DeviceException(
                    "the NVIDIA driver is too old: it supports CUDA "
                            + text(version[0])
                            + ", and "
                            + text(Driver.OLDEST)
                            + " is needed; install one of series 535 or newer");
        }
        Nvrtc compiler =
                Nvrtc.open(search, version[0])
                        .orElseThrow(
                                () ->
                                        new DeviceException(
                                                "CUDA's compiler "
                                                        + Nvrtc.names()
                                                        + " is not in "
                                                        + search.description()
                                                        + ", and all kernels are compiled"
                                                        + " here; install the CUDA toolkit, or"
                                                        + " 'pip install nvidia-cuda-nvrtc'"));
        return new Cuda(driver, version[0], compiler, Blas.choose(search), CudnnChoice.of(search));
    }

    /** Returns what each device says about itself. */
    List<DeviceInfo> devices() {
        int[] count = new int[1];
        Driver.check(JCudaDriver.cuDeviceGetCount(count), "cuda", "count devices");
        List<DeviceInfo> devices = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            devices.add(DeviceInfo.of(i));
        }
        return devices;
    }

    /** Returns which file serves for what. */
    Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("driver", driver.file() + ", CUDA " + text(driverVersion));
        details.put("compiler", compiler.file() + ", version " + compiler.version());
        return details;
    }

    private static String text(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }
}
