package org.gradus.opencl;

import static org.jocl.CL.CL_DEVICE_EXTENSIONS;
import static org.jocl.CL.CL_DEVICE_GLOBAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_LOCAL_MEM_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_COMPUTE_UNITS;
import static org.jocl.CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE;
import static org.jocl.CL.CL_DEVICE_MAX_WORK_GROUP_SIZE;
import static org.jocl.CL.CL_DEVICE_NAME;
import static org.jocl.CL.CL_DEVICE_SINGLE_FP_CONFIG;
import static org.jocl.CL.CL_DEVICE_TYPE;
import static org.jocl.CL.CL_DEVICE_TYPE_CPU;
import static org.jocl.CL.CL_DEVICE_VERSION;
import static org.jocl.CL.CL_DRIVER_VERSION;
import static org.jocl.CL.CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
import static org.jocl.CL.CL_PLATFORM_NAME;
import static org.jocl.CL.CL_PLATFORM_VERSION;
import static org.jocl.CL.clGetDeviceInfo;
import static org.jocl.CL.clGetPlatformInfo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.gradus.device.Capabilities;
import org.gradus.dtype.DType;
import org.gradus.kernels.DeviceLimits;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * What a device says about itself.
 *
 * @param platform the driver
 * @param id the device
 * @param name its name
 * @param platformName the driver's name
 * @param version the OpenCL version of the device, as it writes it
 * @param driver the versions of the driver and its platform: other ones compile anew
 * @param extensions what it offers besides
 * @param memoryBytes its memory
 * @param allocationBytes the largest single buffer
 * @param isCpu whether it is a processor and no accelerator
 * @param exactDivision whether division and square root can be asked to round correctly
 * @param limits what kernels may use
 */
record DeviceInfo(
        cl_platform_id platform,
        cl_device_id id,
        String name,
        String platformName,
        String version,
        String driver,
        Set<String> extensions,
        long memoryBytes,
        long allocationBytes,
        boolean isCpu,
        boolean exactDivision,
        DeviceLimits limits) {
    /** Measured best on PoCL, and a whole number of the waves of every GPU. */
    private static final int PREFERRED_GROUP = 128;

    /** The variable that tells of a preloaded library; see {@link #details}. */
    private static final String PRELOAD = "LD_PRELOAD";

    /** Asks a device. */
    static DeviceInfo of(cl_platform_id platform, cl_device_id id) {
        Set<String> extensions = Set.of(text(id, CL_DEVICE_EXTENSIONS).split("\\s+"));
        int maximumGroup = (int) Math.min(number(id, CL_DEVICE_MAX_WORK_GROUP_SIZE), 1 << 16);
        return new DeviceInfo(
                platform,
                id,
                text(id, CL_DEVICE_NAME),
                platformName(platform),
                text(id, CL_DEVICE_VERSION),
                text(id, CL_DRIVER_VERSION) + ", " + platformText(platform, CL_PLATFORM_VERSION),
                extensions,
                number(id, CL_DEVICE_GLOBAL_MEM_SIZE),
                number(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
                (number(id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0,
                (number(id, CL_DEVICE_SINGLE_FP_CONFIG) & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0,
                new DeviceLimits(
                        Math.min(PREFERRED_GROUP, Integer.highestOneBit(maximumGroup)),
                        maximumGroup,
                        number(id, CL_DEVICE_LOCAL_MEM_SIZE),
                        (int) number(id, CL_DEVICE_MAX_COMPUTE_UNITS),
                        extensions.contains("cl_khr_fp64")));
    }

    /** Returns the name of a platform. */
    static String platformName(cl_platform_id platform) {
        return platformText(platform, CL_PLATFORM_NAME);
    }

    /** Returns what the framework asks of a device. */
    Capabilities capabilities() {
        Set<DType> dtypes = EnumSet.allOf(DType.class);
        if (!limits.doublePrecision()) {
            dtypes.remove(DType.F64);
        }
        return new Capabilities(
                name + ", " + version.strip(),
                isCpu ? Capabilities.Kind.CPU : Capabilities.Kind.GPU,
                memoryBytes,
                dtypes,
                details());
    }

    private Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("platform", platformName);
        details.put("device", name);
        details.put("version", version);
        details.put("driver", driver);
        details.put("memory", memoryBytes + " bytes, at most " + allocationBytes + " in a buffer");
        details.put("compute units", Integer.toString(limits.units()));
        details.put("work-group", "at most " + limits.maximumGroupSize() + " work-items");
        details.put("local memory", limits.localBytes() + " bytes");
        details.put("double precision", limits.doublePrecision() ? "yes" : "no");
        details.put("half arithmetic", extensions.contains("cl_khr_fp16") ? "yes" : "no");
        details.put("sub-groups", extensions.contains("cl_khr_subgroups") ? "yes" : "no");
        if (isPocl()) {
            boolean preloaded = String.valueOf(System.getenv(PRELOAD)).contains("libjsig");
            details.put(
                    "signals",
                    preloaded
                            ? "libjsig.so is preloaded"
                            : "libjsig.so is not preloaded: builds of kernels may fail; set"
                                    + " LD_PRELOAD to the one in the JDK's lib folder");
        }
        return details;
    }

    /** Returns whether this is PoCL, whose compiler replaces the JVM's signal handlers. */
    boolean isPocl() {
        return platformName.contains("Portable Computing Language");
    }

    /** Returns whether this is the simulator, which ends the process if two threads wait for it. */
    boolean isOclgrind() {
        return platformName.contains("Oclgrind");
    }

    private static long number(cl_device_id id, int what) {
        ByteBuffer value = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
        // some of them are 32 bits wide: the device then leaves the rest at 0
        clGetDeviceInfo(id, what, Long.BYTES, Pointer.to(value), null);
        return value.getLong(0);
    }

    private static String text(cl_device_id id, int what) {
        long[] size = new long[1];
        clGetDeviceInfo(id, what, 0, null, size);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.max(size[0], 1));
        clGetDeviceInfo(id, what, size[0], Pointer.to(bytes), null);
        return string(bytes);
    }

    private static String platformText(cl_platform_id id, int what) {
        long[] size = new long[1];
        clGetPlatformInfo(id, what, 0, null, size);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.max(size[0], 1));
        clGetPlatformInfo(id, what, size[0], Pointer.to(bytes), null);
        return string(bytes);
    }

    private static String string(ByteBuffer bytes) {
        String text = StandardCharsets.UTF_8.decode(bytes).toString();
        int end = text.indexOf('\0');
        return (end < 0 ? text : text.substring(0, end)).strip();
    }
}
