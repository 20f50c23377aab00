package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.gradus.dtype.DType;
import org.gradus.nn.CrossEntropy;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.nn.Parameter;
import org.gradus.nn.Reduction;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Layers and losses against PyTorch's, on every device; see tests/goldens/layers.py. */
class LayerGoldensTest {
    private static final JsonNode GOLDENS = Waves.read("/goldens/nn/layers.json");

    @TestFactory
    Stream<DynamicTest> layersComputeWhatPyTorchComputes() {
        return Setting.all()
                .flatMap(s -> LayerCases.all().map(c -> s.test(c.name(), () -> check(c, s))));
    }

    private static void check(LayerCases.Case c, Setting setting) {
        JsonNode expected = GOLDENS.get("layers").get(c.name());
        try (var _ = Scope.open()) {
            Layer layer = c.layer().get();
            layer.initialize(setting.device(), 0);
            layer.to(setting.dtype());
            fill(layer, setting.dtype());
            Tensor x = setting.wave(0, c.input());
            boolean indices = c.name().startsWith("embedding");
            x = indices ? indices(x) : x.requireGradient();
            Tensor y = layer.apply(x);
            if (c.name().endsWith("evaluate")) {
                layer.eval();
                y = layer.apply(x);
            }
            y.mul(setting.wave(100, y.shape().sizes())).sum().backward();

            List<String> keys = new ArrayList<>();
            expected.get("keys").fieldNames().forEachRemaining(keys::add);
            Map<String, HostArray> state = layer.stateDict();
            assertEquals(keys, List.copyOf(state.keySet()), "keys of the state dict");
            for (String key : keys) {
                assertEquals(shape(expected.get("keys").get(key)), state.get(key).shape(), key);
            }
            assertEquals(shape(expected.get("shape")), y.shape());
            setting.assertClose(expected.get("output"), y, "output");
            if (!indices) {
                setting.assertClose(
                        expected.get("inputGradient"), x.gradient(), "gradient of the input");
            }
            layer.parameters()
                    .forEach(
                            (name, parameter) ->
                                    setting.assertClose(
                                            expected.get("gradients").get(name),
                                            parameter.gradient(),
                                            "gradient of " + name));
            expected.get("buffers")
                    .properties()
                    .forEach(
                            buffer ->
                                    Waves.assertClose(
                                            buffer.getValue(),
                                            state.get(buffer.getKey()),
                                            setting.limit(),
                                            buffer.getKey()));
            if (!indices) {
                checkPenalty(expected.get("penalty"), layer, x, setting);
            }
        }
    }

    /** Compares gradients of second order: sums of more, and larger, terms. */
    private static void checkPenalty(JsonNode expected, Layer layer, Tensor input, Setting s) {
        Setting setting = new Setting(s.device(), s.dtype(), 10 * s.limit());
        layer.parameters().values().forEach(parameter -> parameter.value().clearGradient());
        Tensor x = input.detach().requireGradient();
        Tensor y = layer.apply(x);
        Tensor scalar = y.square().mul(s.wave(100, y.shape().sizes())).sum().mul(0.5);
        Tensor g = Autograd.gradients(scalar, null, List.of(x), true).getFirst();
        Tensor penalty = g.flatten(1, -1).norm(1).sub(1).square().sum();
        penalty.backward();
        setting.assertClose(expected.get("value"), penalty, "penalty");
        setting.assertClose(expected.get("inputGradient"), x.gradient(), "second order, input");
        layer.parameters()
                .forEach(
                        (name, parameter) -> {
                            Tensor found = parameter.gradient();
                            setting.assertClose(
                                    expected.get("gradients").get(name),
                                    found == null ? parameter.value().zerosLike() : found,
                                    "second order, " + name);
                        });
    }

    private static Tensor indices(Tensor x) {
        long[] values =
                LongStream.of(x.mul(10).to(DType.I64).toLongs())
                        .map(value -> Math.floorMod(value, 5L))
                        .toArray();
        return Tensor.of(HostArray.of(values, x.shape()), x.device());
    }

    private static void fill(Layer layer, DType dtype) {
        Map<String, HostArray> state = new LinkedHashMap<>(layer.stateDict());
        int k = 1;
        for (Map.Entry<String, Parameter> entry : layer.parameters().entrySet()) {
            state.put(entry.getKey(), Waves.wave(k++, dtype, entry.getValue().shape()));
        }
        state.replaceAll((name, value) -> isSingularVector(name) ? unit(dtype, value) : value);
        layer.loadStateDict(state);
    }

    private static boolean isSingularVector(String name) {
        return name.equals("weight_u") || name.equals("weight_v");
    }

    private static HostArray unit(DType dtype, HostArray vector) {
        double[] wave = Waves.wave(50, DType.F64, vector.shape()).toDoubles();
        double norm = Math.sqrt(DoubleStream.of(wave).map(x -> x * x).sum());
        double[] unit = DoubleStream.of(wave).map(x -> x / norm).toArray();
        if (dtype == DType.F64) {
            return HostArray.of(unit, vector.shape());
        }
        float[] rounded = new float[unit.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) unit[i];
        }
        return HostArray.of(rounded, vector.shape());
    }

    private static Shape shape(JsonNode sizes) {
        return Shape.of(Waves.sizes(sizes).stream().mapToInt(Integer::intValue).toArray());
    }

    @TestFactory
    Stream<DynamicTest> lossesAreWhatPyTorchComputes() {
        return Setting.all().flatMap(LayerGoldensTest::losses);
    }

    private static Stream<DynamicTest> losses(Setting s) {
        HostArray classes = HostArray.of(new long[] {2, 0, 1, 2}, Shape.of(4));
        Tensor labels = Tensor.of(classes, s.device());
        Tensor probabilities = s.wave(1, 4, 3).sigmoid();
        CrossEntropy entropy = Loss.crossEntropy();
        List<Double> weights = List.of(0.5, 1.0, 2.0);
        Loss all = entropy.withClassWeights(weights).withLabelSmoothing(0.1).withIgnoredLabel(0);
        Loss soft = entropy.withClassWeights(weights).withLabelSmoothing(0.1);
        Loss binary = (x, t) -> Loss.binaryCrossEntropy().of(x.sigmoid(), t);
        Tensor images = labels.reshape(2, 2);
        return Stream.of(
                loss(s, "crossEntropy", entropy, labels),
                loss(s, "crossEntropy.sum", entropy.withReduction(Reduction.SUM), labels),
                loss(s, "crossEntropy.none", entropy.withReduction(Reduction.NONE), labels),
                loss(s, "crossEntropy.weights", entropy.withClassWeights(weights), labels),
                loss(s, "crossEntropy.smoothing", entropy.withLabelSmoothing(0.2), labels),
                loss(s, "crossEntropy.ignored", entropy.withIgnoredLabel(2), labels),
                loss(s, "crossEntropy.all", all, labels),
                loss(s, "crossEntropy.images", entropy, images, 2, 3, 2),
                loss(s, "crossEntropy.probabilities", soft, probabilities),
                loss(s, "negativeLogLikelihood", Loss.negativeLogLikelihood(), labels),
                loss(
                        s,
                        "binaryCrossEntropyWithLogits",
                        Loss.binaryCrossEntropyWithLogits(),
                        probabilities),
                loss(s, "binaryCrossEntropy", binary, probabilities),
                loss(s, "meanSquaredError", Loss.meanSquaredError(), probabilities),
                loss(s, "meanAbsoluteError", Loss.meanAbsoluteError(), probabilities),
                loss(s, "huber", Loss.huber(0.4), probabilities),
                loss(s, "smoothL1", Loss.smoothL1(0.4), probabilities),
                loss(s, "divergence", Loss.divergence(), probabilities));
    }

    private static DynamicTest loss(Setting s, String name, Loss loss, Tensor target) {
        return loss(s, name, loss, target, 4, 3);
    }

    private static DynamicTest loss(
            Setting s, String name, Loss loss, Tensor target, int... sizes) {
        return s.test(name, () -> check(s, name, loss, target, sizes));
    }

    private static void check(Setting s, String name, Loss loss, Tensor target, int... sizes) {
        JsonNode expected = GOLDENS.get("losses").get(name);
        Tensor x = s.wave(0, sizes).requireGradient();
        Tensor value = loss.of(x, target);
        assertTrue(value.requiresGradient());
        value.sum().backward();
        s.assertClose(expected.get("value"), value, "loss");
        s.assertClose(expected.get("gradient"), x.gradient(), "gradient");
    }
}
