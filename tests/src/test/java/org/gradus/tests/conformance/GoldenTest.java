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
            List<Case> cases = cases(device, goldens);
            Rehearsal.of(device, cases.stream().map(this::rehearsal));
            for (Case each : cases) {
                String name = device.name() + ": " + each.golden.name();
                tests.add(DynamicTest.dynamicTest(name, () -> check(device, each)));
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

    /** A golden case and the ways in which a device computes it. */
    private record Case(Golden golden, List<Way> ways) {}

    /**
     * A device that takes a part of the cases takes the ways in turns, of which an operation's many
     * cases see all.
     */
    private static List<Case> cases(Device device, List<Golden> goldens) {
        List<Case> cases = new ArrayList<>();
        for (Golden golden : goldens) {
            List<Way> all = ways(device, golden);
            Way next = all.get(cases.size() % all.size());
            cases.add(new Case(golden, TestDevices.isSampled(device) ? List.of(next) : all));
        }
        return cases;
    }

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

    private Consumer<Device> rehearsal(Case each) {
        return device -> each.ways.forEach(way -> compute(device, each.golden, way));
    }

    private void check(Device device, Case each) {
        int live = Storages.count();
        Golden golden = each.golden;
        for (Way way : each.ways) {
            compute(device, golden, way).check(way.name, golden, Tolerance.of(golden, way.type));
        }
        if (golden.parameters().isEmpty()) {
            Storages.assertAtMost(live);
        }
    }
}
