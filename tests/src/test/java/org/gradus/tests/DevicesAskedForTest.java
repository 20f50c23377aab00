package org.gradus.tests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.util.stream.Stream;
import org.gradus.device.Devices;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A device that this run was asked to test must be there; otherwise nothing was tested on it. */
class DevicesAskedForTest {

    @ParameterizedTest
    @MethodSource("devices")
    void theDeviceIsThere(String name) {
        assertDoesNotThrow(() -> Devices.of(name));
    }

    static Stream<String> devices() {
        return TestDevices.names().stream();
    }
}
