package org.gradus.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import org.gradus.device.Capabilities;
import org.gradus.dtype.DType;
import org.gradus.kernels.DeviceLimits;

/**
 * What a device says about itself.
 *
 * @param device its handle
 * @param name its name
 * @param architecture its compute capability, 90 for 9.0
 * @param memoryBytes its memory
 * @param limits what kernels may use
 */
record DeviceInfo(
        CUdevice device, String name, int architecture, long memoryBytes, DeviceLimits limits) {
    /** Four warps: enough to hide latencies where a multiprocessor holds a dozen such groups. */
    private static final int GROUP = 128;

    private static final int NAME_LENGTH = 256;

    /** Asks a device. */
    static DeviceInfo of(int index) {
        String which = "cuda:" + index;
        CUdevice device = new CUdevice();
        Driver.check(JCudaDriver.cuDeviceGet(device, index), which, "be opened");
        byte[] name = new byte[NAME_LENGTH];
        Driver.check(
                JCudaDriver.cuDeviceGetName(name, name.length, device), which, "tell its name");
        long[] memory = new long[1];
        Driver.check(JCudaDriver.cuDeviceTotalMem(memory, device), which, "tell its memory");
        int major = attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        int minor = attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        return new DeviceInfo(
                device,
                string(name),
                10 * major + minor,
                memory[0],
                new DeviceLimits(
                        GROUP,
                        attribute(device, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
                        attribute(device, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK),
                        attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                        true));
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        Driver.check(
                JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
                "cuda",
                "tell its attribute " + attribute);
        return value[0];
    }

    private static String string(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /** Returns whether this is the emulator of the tests, which looks for mistakes. */
    boolean isEmulated() {
        return name.contains("emulated");
    }

    /** Returns what the framework asks of a device that was not opened. */
    Capabilities capabilities(Cuda cuda) {
        CudnnChoice cudnn = cuda.cudnn();
        return capabilities(
                cuda, cuda.blas().description(), cudnn.description(), cudnn.recurrentLayers());
    }

    /**
     * Returns what the framework asks of a device.
     *
     * @param matmul what multiplies its matrices
     * @param convolution what convolves its images
     * @param recurrentLayers what runs over its sequences
     */
    Capabilities capabilities(
            Cuda cuda, String matmul, String convolution, String recurrentLayers) {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("device", name);
        details.put("compute capability", architecture / 10 + "." + architecture % 10);
        details.put("memory", memoryBytes + " bytes");
        details.put("multiprocessors", Integer.toString(limits.units()));
        details.putAll(cuda.details());
        details.put("matmul", matmul);
        details.put("convolution", convolution);
        details.put("recurrent layers", recurrentLayers);
        return new Capabilities(
                name, Capabilities.Kind.GPU, memoryBytes, EnumSet.allOf(DType.class), details);
    }
}
