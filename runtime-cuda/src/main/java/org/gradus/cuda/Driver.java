package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUresult;
import org.gradus.cuda.library.LibrarySearch;
import org.gradus.cuda.library.NativeLibrary;
import org.gradus.device.DeviceException;

/**
 * The CUDA driver: JCuda for what is called now and then, and kernel launches past it, as each
 * would cost 5 us of Java objects there.
 */
final class Driver {
    /** The oldest driver that JCuda 12.6 works with: CUDA 12.2, of the 535 series. */
    static final int OLDEST = 12020;

    private final NativeLibrary library;
    private final MethodHandle launchKernel;

    private Driver(NativeLibrary library) {
        this.library = library;
        this.launchKernel =
                library.function(
                        "cuLaunchKernel",
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS);
    }

    /**
     * Opens the driver.
     *
     * @throws DeviceException if there is none; the message says where was looked
     */
    static Driver open(LibrarySearch search) {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        String name = windows ? "nvcuda.dll" : "libcuda.so.1";
        NativeLibrary library =
                search.open(List.of(name))
                        .orElseThrow(
                                () ->
                                        new DeviceException(
                                                "no NVIDIA driver: "
                                                        + name
                                                        + " is not in "
                                                        + search.description()
                                                        + "; install the driver of the GPU"));
        JCudaLibrary.require();
        return new Driver(library);
    }

    /** Returns the functions for recorded work on a device, if the driver has them. */
    Optional<Graphs> graphs(String device) {
        return Graphs.of(device, library);
    }

    /** Returns the file that serves. */
    String file() {
        return library.file();
    }

    /**
     * Launches a kernel on groups along one axis.
     *
     * @param function the kernel's handle
     * @param stream the stream's handle
     * @param parameters an array with the address of each argument
     * @return a {@code CUresult}
     */
    int launch(
            MemorySegment function,
            int groups,
            int groupSize,
            MemorySegment stream,
            MemorySegment parameters) {
        try {
            return (int)
                    launchKernel.invokeExact(
                            function,
                            groups,
                            1,
                            1,
                            groupSize,
                            1,
                            1,
                            0,
                            stream,
                            parameters,
                            MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("cuLaunchKernel could not be called", e);
        }
    }

    /**
     * Throws an exception unless a call succeeded.
     *
     * @param device the device's name
     * @param what was to be done, as in "allocate memory"
     */
    static void check(int result, String device, String what) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw failure(result, device, what);
        }
    }

    /** Returns the exception for a call that failed. */
    static DeviceException failure(int result, String device, String what) {
        boolean isLost =
                switch (result) {
                    case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
                            CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
                            CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
                            CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
                            CUresult.CUDA_ERROR_INVALID_PC,
                            CUresult.CUDA_ERROR_LAUNCH_FAILED,
                            CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
                            CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
                            CUresult.CUDA_ERROR_ECC_UNCORRECTABLE ->
                            true;
                    default -> false;
                };
        return new DeviceException(
                "the device "
                        + device
                        + " could not "
                        + what
                        + ": "
                        + CUresult.stringFor(result)
                        + (isLost
                                ? ", an error of a kernel launched before, after which the driver"
                                        + " does nothing more for this process: start it again, with"
                                        + " CUDA_LAUNCH_BLOCKING=1 to see which kernel it was"
                                : ""));
    }
}
