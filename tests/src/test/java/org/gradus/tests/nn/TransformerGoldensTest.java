package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.Module;
import org.gradus.nn.MultiheadAttention;
import org.gradus.nn.Parameter;
import org.gradus.nn.SinusoidalPositions;
import org.gradus.nn.Transformer;
import org.gradus.nn.TransformerDecoder;
import org.gradus.nn.TransformerDecoderLayer;
import org.gradus.nn.TransformerEncoder;
import org.gradus.nn.TransformerEncoderLayer;
import org.gradus.nn.TransformerSettings;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Attention and Transformers against PyTorch's; see tests/goldens/transformers.py. */
class TransformerGoldensTest {
    private static final JsonNode GOLDENS = Waves.read("/goldens/nn/transformers.json");
    private static final int SIZE = 8;
    private static final TransformerSettings LAYER =
            TransformerSettings.of(SIZE, 2).withFeedforward(6).withDropout(0.3);
    private static final TransformerSettings FIRST =
            LAYER.withActivation(Tensor::gelu).withNormFirst();

    private record Case(
            String name,
            BiFunction<Module, List<Tensor>, Tensor> call,
            Module module,
            Shape... of) {}

    private static <M extends Module> Case of(
            String name, M module, BiFunction<M, List<Tensor>, Tensor> call, Shape... inputs) {
        @SuppressWarnings("unchecked")
        BiFunction<Module, List<Tensor>, Tensor> any = (m, x) -> call.apply((M) m, x);
        return new Case(name, any, module, inputs);
    }

    private static Stream<Case> cases() {
        Shape steps = Shape.of(2, 5, SIZE);
        return Stream.concat(attentions(steps), transformers(steps));
    }

    private static Stream<Case> attentions(Shape steps) {
        return Stream.of(
                of("attention", attention(), (m, x) -> m.apply(x.get(0)), steps),
                of(
                        "attention.noBias",
                        attention().withoutBias(),
                        (m, x) -> m.apply(x.get(0)),
                        steps),
                of("attention.causal", attention().causal(), (m, x) -> m.apply(x.get(0)), steps),
                of(
                        "attention.padding",
                        attention(),
                        (m, x) -> m.apply(x.get(0), text(x.get(0))),
                        steps),
                of(
                        "attention.mask",
                        attention(),
                        (m, x) -> m.apply(x.get(0), seen(x.get(0), 5)),
                        steps),
                of(
                        "attention.scores",
                        attention(),
                        (m, x) -> m.apply(x.get(0), scores(x.get(0), 5)),
                        steps),
                of(
                        "attention.memory",
                        attention(),
                        (m, x) -> m.apply(x.get(0), x.get(1), x.get(1), null),
                        Shape.of(2, 3, SIZE),
                        steps),
                of(
                        "attention.sizes",
                        attention().keyAndValueSizes(3, 5),
                        (m, x) -> m.apply(x.get(0), x.get(1), x.get(2), text(x.get(1))),
                        Shape.of(2, 3, SIZE),
                        Shape.of(2, 4, 3),
                        Shape.of(2, 4, 5)),
                of(
                        "attention.grouped",
                        new MultiheadAttention(SIZE, 4).keyHeads(2).causal(),
                        (m, x) -> m.apply(x.get(0)),
                        steps),
                of(
                        "attention.rotary",
                        attention().rotary(10_000).causal(),
                        (m, x) -> m.apply(x.get(0)),
                        steps));
    }

    private static Stream<Case> transformers(Shape steps) {
        Shape source = Shape.of(3, 4, SIZE);
        Shape target = Shape.of(3, 3, SIZE);
        return Stream.of(
                of(
                        "positions",
                        new SinusoidalPositions(6),
                        (m, x) -> m.apply(x.get(0)),
                        Shape.of(2, 5, 6)),
                of(
                        "positions.odd",
                        new SinusoidalPositions(5),
                        (m, x) -> m.apply(x.get(0)),
                        Shape.of(1, 4, 5)),
                of(
                        "encoderLayer",
                        new TransformerEncoderLayer(LAYER),
                        (m, x) -> m.apply(x.get(0)),
                        steps),
                of(
                        "encoderLayer.normFirst",
                        new TransformerEncoderLayer(FIRST.withCausal()),
                        (m, x) -> m.apply(x.get(0)),
                        steps),
                of(
                        "encoderLayer.noBias",
                        new TransformerEncoderLayer(LAYER.withoutBias()),
                        (m, x) -> m.apply(x.get(0)),
                        steps),
                of(
                        "decoderLayer",
                        new TransformerDecoderLayer(LAYER.withCausal()),
                        (m, x) -> m.apply(x.get(0), x.get(1), null, text(x.get(1)), null),
                        target,
                        source),
                of(
                        "decoderLayer.normFirst",
                        new TransformerDecoderLayer(FIRST.withCausal()),
                        (m, x) -> m.apply(x.get(0), x.get(1), null, text(x.get(1)), null),
                        target,
                        source),
                of(
                        "encoder",
                        new TransformerEncoder(LAYER, 2),
                        (m, x) -> m.apply(x.get(0), text(x.get(0))),
                        steps),
                of(
                        "encoder.normalized",
                        new TransformerEncoder(FIRST, 2).normalized(),
                        (m, x) -> m.apply(x.get(0)),
                        steps),
                of(
                        "decoder",
                        new TransformerDecoder(LAYER.withCausal(), 2, false),
                        (m, x) -> m.apply(x.get(0), x.get(1), null, text(x.get(1)), null),
                        target,
                        source),
                of(
                        "transformer",
                        new Transformer(LAYER.withCausal(), 2, 1),
                        TransformerGoldensTest::translate,
                        source,
                        target),
                of(
                        "transformer.normFirst",
                        new Transformer(FIRST.withCausal(), 1, 2),
                        TransformerGoldensTest::translate,
                        source,
                        target));
    }

    private static MultiheadAttention attention() {
        return new MultiheadAttention(SIZE, 2);
    }

    private static Tensor translate(Transformer model, List<Tensor> x) {
        Tensor mask = text(x.get(0));
        return model.apply(x.get(0), x.get(1), mask, null, mask);
    }

    /** What is not padding, which the last i steps of sequence i are. */
    private static Tensor text(Tensor x) {
        Tensor step = Tensor.arange(x.device(), DType.I64, 0, x.size(1), 1);
        Tensor batch = Tensor.arange(x.device(), DType.I64, 0, x.size(0), 1).unsqueeze(1);
        return MultiheadAttention.maskOfPadding(step.ge(batch.neg().add(x.size(1))));
    }

    private static Tensor seen(Tensor x, int keys) {
        Tensor key = Tensor.arange(x.device(), DType.I64, 0, keys, 1);
        Tensor query = Tensor.arange(x.device(), DType.I64, 0, x.size(1), 1).unsqueeze(1);
        return query.add(key.mul(2)).remainder(3).ne(0);
    }

    private static Tensor scores(Tensor x, int keys) {
        return Waves.wave(x.device(), x.dtype(), 60, 2, x.size(1), keys);
    }

    @TestFactory
    Stream<DynamicTest> modulesComputeWhatPyTorchComputes() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            for (DType dtype : TestDevices.precisions(device)) {
                cases().forEach(c -> tests.add(test(device, dtype, c)));
            }
        }
        return tests.stream();
    }

    private static DynamicTest test(Device device, DType dtype, Case c) {
        return DynamicTest.dynamicTest(
                "%s %s %s".formatted(c.name(), device.name(), dtype),
                () -> check(device, dtype, c));
    }

    /**
     * The limits are the 12 digits that are stored; or, in F32, the rounding of sums of some
     * hundred products, which normalizations divide by deviations well below 1.
     */
    private static void check(Device device, DType dtype, Case c) {
        double limit = dtype == DType.F64 ? 1e-10 : 2e-4;
        JsonNode expected = GOLDENS.get(c.name());
        try (var _ = Scope.open()) {
            Module module = c.module().initialize(device, 0).to(dtype).eval();
            fill(module, dtype);
            checkKeys(expected.get("keys"), module.stateDict());
            List<Tensor> inputs = new ArrayList<>();
            for (Shape shape : c.of()) {
                int k = 50 + inputs.size();
                inputs.add(Waves.wave(device, dtype, k, shape.sizes()).requireGradient());
            }
            Tensor y = c.call().apply(module, inputs);
            y.mul(Waves.wave(device, dtype, 100, y.shape().sizes())).sum().backward();

            Waves.assertClose(expected.get("output"), y.toHost(), limit, "output");
            for (int i = 0; i < inputs.size(); i++) {
                HostArray gradient = inputs.get(i).gradient().toHost();
                JsonNode numbers = expected.get("inputGradients").get(i);
                Waves.assertClose(numbers, gradient, limit, "gradient of input " + i);
            }
            module.parameters()
                    .forEach(
                            (name, parameter) ->
                                    Waves.assertClose(
                                            expected.get("gradients").get(name),
                                            parameter.gradient().toHost(),
                                            limit,
                                            "gradient of " + name));
        }
    }

    private static void checkKeys(JsonNode expected, Map<String, HostArray> state) {
        List<String> keys = new ArrayList<>();
        expected.fieldNames().forEachRemaining(keys::add);
        assertEquals(keys, List.copyOf(state.keySet()), "keys of the state dict");
        for (String key : keys) {
            List<Integer> sizes = new ArrayList<>();
            for (int size : state.get(key).shape().sizes()) {
                sizes.add(size);
            }
            assertEquals(Waves.sizes(expected.get(key)), sizes, key);
        }
    }

    private static void fill(Module module, DType dtype) {
        Map<String, HostArray> state = new LinkedHashMap<>();
        int k = 1;
        for (Map.Entry<String, Parameter> entry : module.parameters().entrySet()) {
            state.put(entry.getKey(), Waves.wave(k++, dtype, entry.getValue().shape()));
        }
        module.loadStateDict(state);
    }
}
