package org.gradus.tests.nn;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/**
 * Where and how precisely to compute what is compared with PyTorch's results.
 *
 * @param limit of the error: the 12 digits that are stored, or sums of some ten products in F32
 */
record Setting(Device device, DType dtype, double limit) {
    /** Returns each device under test with each type that it has. */
    static Stream<Setting> all() {
        return TestDevices.all().stream()
                .flatMap(
                        device ->
                                TestDevices.precisions(device).stream()
                                        .map(dtype -> of(device, dtype)));
    }

    private static Setting of(Device device, DType dtype) {
        return new Setting(device, dtype, dtype == DType.F64 ? 1e-10 : 2e-5);
    }

    Tensor wave(int k, int... sizes) {
        return Waves.wave(device, dtype, k, sizes);
    }

    void assertClose(JsonNode expected, Tensor actual, String what) {
        Waves.assertClose(expected, actual.toHost(), limit, what);
    }

    DynamicTest test(String name, Executable test) {
        return DynamicTest.dynamicTest("%s %s %s".formatted(name, device.name(), dtype), test);
    }
}
