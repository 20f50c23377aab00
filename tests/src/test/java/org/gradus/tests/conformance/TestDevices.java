package org.gradus.tests.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.DeviceProvider;
import org.gradus.device.Devices;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.Named;

/** The devices that this run was asked to test. */
public final class TestDevices {
    private TestDevices() {}

    /**
     * Returns the names that the system property {@code gradus.test.devices} has, separated by
     * commas; the CPU's if it has none. Where a run of the build is about some of them only, {@code
     * gradus.test.only} names these.
     */
    public static List<String> names() {
        String asked = System.getProperty("gradus.test.devices", "cpu");
        return Arrays.stream(System.getProperty("gradus.test.only", asked).split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /**
     * Returns the devices.
     *
     * @throws org.gradus.device.DeviceException if one of them is missing
     */
    public static List<Device> all() {
        return names().stream().map(Devices::of).toList();
    }

    /** Returns the same devices with their names, as arguments of parameterized tests. */
    public static List<Named<Device>> named() {
        return all().stream().map(device -> Named.of(device.name(), device)).toList();
    }

    /** Returns whether a device is the emulated GPU of {@code tests/cuda-emulator}. */
    public static boolean isEmulated(Device device) {
        return device.capabilities().description().contains("emulated");
    }

    /**
     * Returns whether a device takes a part of the cases: where the system property {@code
     * gradus.test.sample} says so, and where it is emulated, as each new kernel is a run of g++
     * there. The framework and the kernels are the same on all devices, of which others take all.
     */
    public static boolean isSampled(Device device) {
        return Boolean.getBoolean("gradus.test.sample") || isEmulated(device);
    }

    /** Returns the cases for a device: all, or where it takes a part of them every n-th one. */
    public static <T> List<T> cases(Device device, List<T> all, int n) {
        return isSampled(device) ? everyNth(all, n) : all;
    }

    /** Returns the first of each n cases. */
    static <T> List<T> everyNth(List<T> all, int n) {
        return IntStream.range(0, all.size()).filter(i -> i % n == 0).mapToObj(all::get).toList();
    }

    /** Returns the types, single and double precision, in which a device takes its cases. */
    public static List<DType> precisions(Device device) {
        return Stream.of(DType.F64, DType.F32)
                .filter(device.capabilities().dtypes()::contains)
                .filter(type -> type == DType.F32 || !isSampled(device))
                .toList();
    }

    /**
     * Returns the first of the devices that computes in F64, none or one: rules of the framework,
     * as those of gradients, are the same on all devices, and need to be checked on one only.
     */
    public static List<Device> doublePrecision() {
        return all().stream()
                .filter(device -> device.capabilities().dtypes().contains(DType.F64))
                .limit(1)
                .toList();
    }

    /** Opens a device that nobody else uses, which the caller closes. */
    public static Device open(String name) {
        String[] parts = name.split(":");
        DeviceProvider provider =
                Devices.providers().stream()
                        .filter(each -> each.name().equals(parts[0]))
                        .findFirst()
                        .orElseThrow();
        return provider.open(parts.length == 1 ? 0 : Integer.parseInt(parts[1]));
    }
}
