package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden case on every device that was asked for: on poisoned memory, in each {@link Layout},
 * by the plain definitions instead of fused kernels, and in F64. No case may leave memory behind.
 */
class GoldenTest {
    private final Operations operations = Operations.all();

    @TestFactory
    Stream<DynamicTest> resultsAndGradientsAreThoseOfPyTorch() {
        List<Golden> goldens = Goldens.read();
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            for (Golden golden : goldens) {
                String name = device.name() + ": " + golden.name();
                tests.add(DynamicTest.dynamicTest(name, () -> check(device, golden)));
            }
        }
        return tests.stream();
    }

    @Test
    void thereAreGoldens() {
        assertTrue(Goldens.read().size() > 1000, "cases are missing");
    }

    private void check(Device device, Golden golden) {
        int live = Storages.count();
        Device poisoned = WrappedDevice.poisoned(device);
        for (Layout layout : Layout.values()) {
            compare(layout.toString(), golden, poisoned, DType.F32, layout);
        }
        Device plain = WrappedDevice.withoutFamilies(device);
        compare("without kernel families", golden, plain, DType.F32, Layout.PLAIN);
        if (golden.hasDoubleForm() && device.capabilities().dtypes().contains(DType.F64)) {
            compare("in f64", golden, poisoned, DType.F64, Layout.PLAIN);
        }
        if (golden.parameters().isEmpty()) {
            Storages.assertAtMost(live);
        }
    }

    private void compare(String where, Golden golden, Device device, DType type, Layout layout) {
        Computation.of(operations, golden, device, type, layout)
                .check(where, golden, Tolerance.of(golden, type));
    }
}
