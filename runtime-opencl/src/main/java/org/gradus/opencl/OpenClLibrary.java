package org.gradus.opencl;

import static org.jocl.CL.CL_DEVICE_NOT_FOUND;
import static org.jocl.CL.CL_DEVICE_TYPE_ALL;
import static org.jocl.CL.clGetDeviceIDs;
import static org.jocl.CL.clGetPlatformIDs;

import java.util.ArrayList;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Loads JOCL and lists the devices of all platforms. */
final class OpenClLibrary {
    /** What the ICD loader answers when no driver is installed ({@code cl_khr_icd}). */
    private static final int PLATFORM_NOT_FOUND = -1001;

    /** Makes JOCL unpack its library under a name that no other JVM uses. */
    private static final String UNIQUE_NAMES = "uniqueLibraryNames";

    private static final String ADVICE =
            "install a driver that brings one, such as that of the GPU, or for the CPU"
                    + " 'apt-get install pocl-opencl-icd'";

    /** The devices there are, and why there are none. */
    record Found(List<DeviceInfo> devices, List<String> reasons) {}

    private OpenClLibrary() {}

    /** Looks for devices; what fails becomes a reason. */
    static synchronized Found find() {
        List<DeviceInfo> devices = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        try {
            load();
            for (cl_platform_id platform : platforms()) {
                addDevices(platform, devices, reasons);
            }
            if (devices.isEmpty() && reasons.isEmpty()) {
                reasons.add("no OpenCL platform (ICD) was found: " + ADVICE);
            }
        } catch (CLException e) {
            reasons.add(
                    e.getStatus() == PLATFORM_NOT_FOUND
                            ? "no OpenCL platform (ICD) was found: " + ADVICE
                            : "OpenCL failed with " + e.getMessage() + ": " + ADVICE);
        } catch (LinkageError | RuntimeException e) {
            // JOCL puts several stack traces into the message; its first line says enough
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            reasons.add(
                    "the OpenCL library libOpenCL.so.1 cannot be loaded ("
                            + message
                            + "): "
                            + ADVICE);
        }
        return new Found(List.copyOf(devices), List.copyOf(reasons));
    }

    private static void load() {
        String before = System.getProperty(UNIQUE_NAMES);
        System.setProperty(UNIQUE_NAMES, "true");
        try {
            CL.setExceptionsEnabled(true);
        } finally {
            if (before == null) {
                System.clearProperty(UNIQUE_NAMES);
            } else {
                System.setProperty(UNIQUE_NAMES, before);
            }
        }
    }

    private static cl_platform_id[] platforms() {
        int[] count = new int[1];
        clGetPlatformIDs(0, null, count);
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        clGetPlatformIDs(count[0], platforms, null);
        return platforms;
    }

    private static void addDevices(
            cl_platform_id platform, List<DeviceInfo> devices, List<String> reasons) {
        try {
            int[] count = new int[1];
            clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count);
            cl_device_id[] ids = new cl_device_id[count[0]];
            clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count[0], ids, null);
            for (cl_device_id id : ids) {
                devices.add(DeviceInfo.of(platform, id));
            }
        } catch (CLException e) {
            String why =
                    e.getStatus() == CL_DEVICE_NOT_FOUND
                            ? "has no device"
                            : "fails: " + e.getMessage();
            reasons.add("the OpenCL platform " + DeviceInfo.platformName(platform) + " " + why);
        }
    }
}
