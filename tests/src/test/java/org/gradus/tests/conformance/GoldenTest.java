package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
            Rehearsal.of(device, goldens.stream().map(this::rehearsal));
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

    /** One way to compute a case on a device. */
    private record Way(String name, DType type, Layout layout, UnaryOperator<Device> wrapping) {}

    private static List<Way> ways(Device device, Golden golden) {
        List<Way> ways = new ArrayList<>();
        for (Layout layout : Layout.values()) {
            ways.add(new Way(layout.toString(), DType.F32, layout, WrappedDevice::poisoned));
        }
        UnaryOperator<Device> plain = WrappedDevice::withoutFamilies;
        ways.add(new Way("without kernel families", DType.F32, Layout.PLAIN, plain));
        if (golden.hasDoubleForm() && device.capabilities().dtypes().contains(DType.F64)) {
            ways.add(new Way("in f64", DType.F64, Layout.PLAIN, WrappedDevice::poisoned));
        }
        return ways;
    }

    private Computation compute(Device device, Golden golden, Way way) {
        Device wrapped = way.wrapping.apply(device);
        return Computation.of(operations, golden, wrapped, way.type, way.layout);
    }

    private Consumer<Device> rehearsal(Golden golden) {
        return device -> ways(device, golden).forEach(way -> compute(device, golden, way));
    }

    private void check(Device device, Golden golden) {
        int live = Storages.count();
        for (Way way : ways(device, golden)) {
            compute(device, golden, way).check(way.name, golden, Tolerance.of(golden, way.type));
        }
        if (golden.parameters().isEmpty()) {
            Storages.assertAtMost(live);
        }
    }
}
