package org.gradus.tests.gradients;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.Call;
import org.gradus.tests.conformance.Golden;
import org.gradus.tests.conformance.Goldens;
import org.gradus.tests.conformance.Operations;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The gradients of every operation, at the inputs of the golden cases where it is smooth. */
class OperationGradientsTest {
    /** Notes of cases that sit on kinks, or so far out that differences say nothing. */
    private static final Set<String> NOT_SMOOTH =
            Set.of(
                    "at kinks",
                    "ties",
                    "at ties",
                    "at 0",
                    "zeros",
                    "signs",
                    "far out",
                    "any size",
                    "small results");

    private final Operations operations = Operations.all();

    @TestFactory
    Stream<DynamicTest> firstOrderIsTheSlope() {
        return cases().map(c -> DynamicTest.dynamicTest(c.name, () -> c.check().firstOrder()));
    }

    @TestFactory
    Stream<DynamicTest> secondOrderIsTheSlopeOfTheFirst() {
        return cases().map(c -> DynamicTest.dynamicTest(c.name, () -> c.check().secondOrder()));
    }

    @Test
    void aWrongGradientIsFound() {
        Device device = TestDevices.doublePrecision().getFirst();
        var wrong =
                GradientCheck.of(
                        device,
                        x -> x.getFirst().square().add(x.getFirst().detach()),
                        new int[] {3});
        try {
            wrong.firstOrder();
        } catch (AssertionError expected) {
            return;
        }
        throw new AssertionError("the part that was detached was not missed");
    }

    private record Case(String name, Device device, Golden golden, Operations operations) {
        GradientCheck check() {
            List<Integer> wanted = List.copyOf(golden.gradients().keySet());
            List<HostArray> points = wanted.stream().map(golden.inputs()::get).toList();
            return GradientCheck.of(device, inputs -> output(wanted, inputs), points);
        }

        private Tensor output(List<Integer> wanted, List<Tensor> given) {
            List<Tensor> inputs = new ArrayList<>();
            for (int i = 0; i < golden.inputs().size(); i++) {
                int place = wanted.indexOf(i);
                HostArray array = golden.inputs().get(i);
                inputs.add(place >= 0 ? given.get(place) : Tensor.of(array, device));
            }
            var call = new Call(inputs, golden.arguments(), golden.parameters());
            List<Tensor> outputs = operations.apply(golden.op(), call);
            return Tensor.cat(
                    0,
                    outputs.stream()
                            .filter(Tensor::requiresGradient)
                            .map(Tensor::flatten)
                            .toArray(Tensor[]::new));
        }
    }

    private Stream<Case> cases() {
        List<Golden> goldens =
                Goldens.read().stream()
                        .filter(Golden::hasDoubleForm)
                        .filter(golden -> golden.differentiatedElements() > 0)
                        .filter(golden -> golden.parameters().isEmpty())
                        .filter(golden -> NOT_SMOOTH.stream().noneMatch(golden.name()::endsWith))
                        .toList();
        assertTrue(goldens.size() > 500, "cases are missing");
        return TestDevices.doublePrecision().stream()
                .flatMap(device -> goldens.stream().map(golden -> of(device, golden)));
    }

    private Case of(Device device, Golden golden) {
        return new Case(device.name() + ": " + golden.name(), device, golden, operations);
    }
}
