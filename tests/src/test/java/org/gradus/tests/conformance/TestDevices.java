package org.gradus.tests.conformance;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.Device;
import org.gradus.device.Devices;

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
}
