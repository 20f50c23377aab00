package org.gradus.tests.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * In BF16 and F16 every operation gives what it gives in F32 for the same inputs, to the rounding
 * of what is stored on the way.
 */
class LowPrecisionTest {
    /** How many times a value, or its terms, may be stored and so rounded: by compositions. */
    private static final int STORED = 8;

    private final Operations operations = Operations.all();

    /** A case and the type that it is computed in. */
    private record Case(DType type, Golden golden) {}

    @TestFactory
    Stream<DynamicTest> sixteenBitTypesAgreeWithSinglePrecision() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            List<Case> cases =
                    casesOf(device).stream()
                            .filter(each -> device.capabilities().dtypes().contains(each.type))
                            .toList();
            Rehearsal.of(device, cases.stream().map(each -> rehearsal(each.type, each.golden)));
            for (Case each : cases) {
                String name = device.name() + " " + each.type + ": " + each.golden.name();
                tests.add(
                        DynamicTest.dynamicTest(name, () -> check(device, each.type, each.golden)));
            }
        }
        return tests.stream();
    }

    /**
     * An OpenCL device takes every third case: each is kernels to build, at 0.1 s on PoCL, and all
     * of them read and write 16-bit numbers by the same few functions.
     */
    private static List<Case> casesOf(Device device) {
        List<Case> all = cases();
        return device.name().startsWith("opencl")
                ? TestDevices.everyNth(all, 3)
                : TestDevices.cases(device, all, 5);
    }

    /**
     * The cases take the two types in turns: an operation has several, and each of both types is
     * kernels to compile. F16 has no numbers as small as some cases give; layers keep their
     * parameters in F32.
     */
    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Golden golden : Goldens.read()) {
            if (golden.hasDoubleForm() && golden.parameters().isEmpty()) {
                boolean isHalf = cases.size() % 2 == 1 && golden.terms() > 0;
                cases.add(new Case(isHalf ? DType.F16 : DType.BF16, golden));
            }
        }
        return cases;
    }

    private Consumer<Device> rehearsal(DType type, Golden golden) {
        return device -> Computation.of(operations, golden, device, type, Layout.PLAIN);
    }

    private void check(Device device, DType type, Golden golden) {
        Computation low = Computation.of(operations, golden, device, type, Layout.PLAIN);
        Golden rounded = golden.withInputsIn(type);
        Computation single = Computation.of(operations, rounded, device, DType.F32, Layout.PLAIN);
        double unit = type == DType.BF16 ? 0x1p-8 : 0x1p-11;
        Tolerance tolerance = new Tolerance(STORED * unit, STORED * unit, golden.terms());
        for (int i = 0; i < single.outputs().size(); i++) {
            HostArray expected = single.outputs().get(i);
            tolerance.check("output " + i, expected, wide(low.outputs().get(i)));
        }
        single.gradients()
                .forEach(
                        (i, expected) ->
                                tolerance.check(
                                        "gradient of input " + i,
                                        expected,
                                        wide(low.gradients().get(i))));
    }

    private static HostArray wide(HostArray array) {
        boolean narrow = array.dtype() == DType.BF16 || array.dtype() == DType.F16;
        return narrow ? HostArray.of(array.toFloats(), array.shape()) : array;
    }
}
