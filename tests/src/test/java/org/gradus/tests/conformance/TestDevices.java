package org.gradus.tests.conformance;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.junit.jupiter.api.Named;

/** The devices that this run was asked to test. */
public final class TestDevices {
    private TestDevices() {}

    /**
     * Returns the devices that the system property {@code gradus.test.devices} names, separated by
     * commas; the CPU if it names none.
     *
     * @throws org.gradus.device.DeviceException if one of them is missing
     */
    public static List<Device> all() {
        return Arrays.stream(System.getProperty("gradus.test.devices", "cpu").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(Devices::of)
                .toList();
    }

    /** Returns the same devices with their names, as arguments of parameterized tests. */
    public static List<Named<Device>> named() {
        return all().stream().map(device -> Named.of(device.name(), device)).toList();
    }
}
