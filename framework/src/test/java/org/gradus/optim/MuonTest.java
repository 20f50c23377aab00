package org.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.ReferenceDevice;
import org.gradus.dtype.DType;
import org.gradus.nn.Linear;
import org.gradus.nn.Parameter;
import org.gradus.nn.Sequential;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Steps of whole matrices, against PyTorch's; see tests/goldens/optimizers.py. */
class MuonTest {
    private final Device device = new ReferenceDevice();

    @TestFactory
    Stream<DynamicTest> tenStepsLeadWherePyTorchsDo() throws IOException {
        JsonNode goldens = OptimizerTest.goldens("matrices");
        Muon muon = Muon.withLearningRate(0.02);
        Muon plain = muon.withMomentum(0.8).withoutNesterov().withWeightDecay(0);
        return Stream.of(DType.F64, DType.F32)
                .flatMap(
                        type ->
                                Stream.of(
                                        test(goldens, "muon", muon, type, 2, 3),
                                        test(goldens, "muon.tall", plain, type, 4, 2),
                                        test(
                                                goldens,
                                                "muon.adam",
                                                muon.matchingAdam(),
                                                type,
                                                3,
                                                3)));
    }

    private DynamicTest test(
            JsonNode goldens, String name, Muon rule, DType type, int rows, int columns) {
        return DynamicTest.dynamicTest(
                name + " " + type, () -> check(goldens.get(name), rule, type, rows, columns));
    }

    private void check(JsonNode expected, Muon rule, DType type, int rows, int columns) {
        Linear linear = new Linear(columns, rows).withoutBias();
        linear.initialize(device, 0);
        linear.to(type);
        Parameter weight = linear.weight();
        weight.set(wave(rows, columns, i -> Math.sin(i)));
        Optimizer optimizer = new Optimizer(linear.parameters(), rule);
        for (int step = 1; step <= 10; step++) {
            int t = step;
            Tensor gradient =
                    wave(rows, columns, i -> Math.cos(t + 0.5 * i) * (1 + 0.1 * t)).to(type);
            weight.value().setGradient(gradient);
            optimizer.step();
        }
        // F32: the iterations triple an error in small singular values each time
        double limit = type == DType.F64 ? 1e-11 : 1e-4;
        HostArray found = weight.value().toHost();
        HostArray buffer = optimizer.stateDict().get("weight.momentum_buffer");
        for (int i = 0; i < rows * columns; i++) {
            assertEquals(expected.get("parameter").get(i).asDouble(), found.get(i), limit);
            assertEquals(expected.get("buffer").get(i).asDouble(), buffer.get(i), limit);
        }
    }

    private interface Wave {
        double at(int index);
    }

    private Tensor wave(int rows, int columns, Wave wave) {
        double[] values = IntStream.range(0, rows * columns).mapToDouble(wave::at).toArray();
        return Tensor.of(HostArray.of(values, Shape.of(rows, columns)), device);
    }

    @Test
    void vectorsAndTheOutputLayerAreLeftToTheOtherRule() {
        Sequential model = new Sequential(new Linear(2, 3), new Linear(3, 4));
        List<ParameterGroup> groups =
                Muon.withLearningRate(0.02)
                        .withOthers(model.parameters(), AdamW.withLearningRate(1e-3), "1.");
        assertEquals(List.of("0.weight"), List.copyOf(groups.get(0).parameters().keySet()));
        assertEquals(
                List.of("0.bias", "1.weight", "1.bias"),
                List.copyOf(groups.get(1).parameters().keySet()));
    }

    @Test
    void aVectorIsRefused() {
        Linear linear = new Linear(2, 2);
        linear.initialize(device, 0);
        linear.bias().value().setGradient(linear.bias().value().onesLike());
        Optimizer optimizer =
                new Optimizer(Map.of("bias", linear.bias()), Muon.withLearningRate(0.1));
        assertThrows(IllegalArgumentException.class, optimizer::step);
    }
}
