package org.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.ReferenceDevice;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Layers and losses against PyTorch's, in double precision; see tests/goldens/layers.py. */
class LayerGoldensTest {
    private static final JsonNode GOLDENS = Waves.read("layers.json");

    private final Device device = new ReferenceDevice();

    private record Case(String name, Supplier<Layer> layer, int... input) {}

    private static Stream<Case> layers() {
        return Stream.of(
                new Case("linear", () -> new Linear(3, 2), 4, 3),
                new Case("linear.noBias", () -> new Linear(3, 2).withoutBias(), 2, 2, 3),
                new Case("conv1d", () -> new Conv1d(2, 3, 3).stride(2).padding(1), 2, 2, 7),
                new Case(
                        "conv2d",
                        () -> new Conv2d(2, 3, 2, 3).padding(1, 0).dilation(1, 2),
                        1,
                        2,
                        4,
                        6),
                new Case(
                        "conv2d.groups",
                        () -> new Conv2d(4, 4, 3).groups(2).withoutBias(),
                        1,
                        4,
                        4,
                        4),
                new Case("conv2d.reflect", () -> padded(PaddingMode.REFLECT), 1, 1, 3, 4),
                new Case("conv2d.replicate", () -> padded(PaddingMode.REPLICATE), 1, 1, 3, 4),
                new Case("conv2d.circular", () -> padded(PaddingMode.CIRCULAR), 1, 1, 3, 4),
                new Case("conv3d", () -> new Conv3d(1, 2, 2).stride(1, 2, 1), 1, 1, 3, 4, 3),
                new Case("convTranspose1d", () -> new ConvTranspose1d(2, 3, 3).stride(2), 2, 2, 4),
                new Case("convTranspose2d", LayerGoldensTest::transposed, 1, 2, 3, 3),
                new Case(
                        "convTranspose3d",
                        () -> new ConvTranspose3d(1, 2, 2).withoutBias(),
                        1,
                        1,
                        2,
                        3,
                        2),
                new Case("maxPool1d", () -> new MaxPool1d(2), 1, 2, 7),
                new Case("maxPool2d", () -> new MaxPool2d(3).stride(2).padding(1), 1, 2, 5, 6),
                new Case("maxPool3d", () -> new MaxPool3d(2), 1, 1, 4, 4, 2),
                new Case("avgPool1d", () -> new AvgPool1d(2).stride(1), 1, 2, 5),
                new Case(
                        "avgPool2d",
                        () -> new AvgPool2d(2).padding(1).withoutCountingPadding(),
                        1,
                        2,
                        4,
                        4),
                new Case("avgPool3d", () -> new AvgPool3d(2), 1, 1, 4, 4, 2),
                new Case("adaptiveAvgPool1d", () -> new AdaptiveAvgPool1d(3), 1, 2, 7),
                new Case("adaptiveAvgPool2d", () -> new AdaptiveAvgPool2d(2, 3), 1, 2, 5, 7),
                new Case("adaptiveAvgPool3d", () -> new AdaptiveAvgPool3d(1), 1, 2, 2, 3, 2),
                new Case("batchNorm1d", () -> new BatchNorm1d(3), 4, 3),
                new Case("batchNorm2d", () -> new BatchNorm2d(2), 2, 2, 3, 2),
                new Case(
                        "batchNorm2d.evaluate", () -> new BatchNorm2d(2).momentum(0.3), 2, 2, 3, 2),
                new Case("batchNorm3d", () -> new BatchNorm3d(2).withoutAffine(), 2, 2, 2, 2, 2),
                new Case("layerNorm", () -> new LayerNorm(3, 4), 2, 3, 4),
                new Case("layerNorm.noBias", () -> new LayerNorm(5).withoutBias(), 2, 5),
                new Case("groupNorm", () -> new GroupNorm(2, 4), 2, 4, 3),
                new Case("instanceNorm2d", () -> new InstanceNorm2d(2), 2, 2, 3, 3),
                new Case("instanceNorm1d.affine", () -> new InstanceNorm1d(2).affine(), 2, 2, 5),
                new Case("rmsNorm", () -> new RMSNorm(4), 2, 3, 4),
                new Case("embedding", () -> new Embedding(5, 3), 2, 4),
                new Case("embedding.padding", () -> new Embedding(5, 3).paddingIndex(1), 2, 4),
                new Case("upsample", () -> new Upsample(2, 3), 1, 2, 2, 2),
                new Case("gelu", GELU::new, 2, 5),
                new Case("gelu.tanh", GELU::tanh, 2, 5),
                new Case("silu", SiLU::new, 2, 5),
                new Case("leakyRelu", () -> new LeakyReLU(0.2), 2, 5),
                new Case("elu", () -> new ELU(0.5), 2, 5),
                new Case("prelu", () -> new PReLU(2, 0.25), 1, 2, 3),
                new Case("softmax", () -> new Softmax(1), 2, 5),
                new Case("logSoftmax", () -> new LogSoftmax(1), 2, 5));
    }

    private static Layer padded(PaddingMode mode) {
        return new Conv2d(1, 2, 3).padding(2).paddingMode(mode);
    }

    private static Layer transposed() {
        return new ConvTranspose2d(2, 4, 3).stride(2).padding(1).outputPadding(1).groups(2);
    }

    @TestFactory
    Stream<DynamicTest> layersComputeWhatPyTorchComputes() {
        return layers().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
    }

    private void check(Case c) {
        JsonNode expected = GOLDENS.get("layers").get(c.name());
        try (var _ = Scope.open()) {
            Layer layer = c.layer().get();
            layer.initialize(device, 0);
            layer.to(DType.F64);
            fill(layer);
            Tensor x = Waves.wave(device, 0, c.input());
            boolean indices = c.name().startsWith("embedding");
            x = indices ? indices(x) : x.requireGradient();
            Tensor y = layer.apply(x);
            if (c.name().endsWith("evaluate")) {
                layer.eval();
                y = layer.apply(x);
            }
            y.mul(Waves.wave(device, 100, y.shape().sizes())).sum().backward();

            List<String> keys = new ArrayList<>();
            expected.get("keys").fieldNames().forEachRemaining(keys::add);
            Map<String, HostArray> state = layer.stateDict();
            assertEquals(keys, List.copyOf(state.keySet()), "keys of the state dict");
            for (String key : keys) {
                assertEquals(shape(expected.get("keys").get(key)), state.get(key).shape(), key);
            }
            assertEquals(shape(expected.get("shape")), y.shape());
            Waves.assertClose(expected.get("output"), y.toHost(), "output");
            if (!indices) {
                HostArray gradient = x.gradient().toHost();
                Waves.assertClose(expected.get("inputGradient"), gradient, "gradient of the input");
            }
            layer.parameters()
                    .forEach(
                            (name, parameter) ->
                                    Waves.assertClose(
                                            expected.get("gradients").get(name),
                                            parameter.gradient().toHost(),
                                            "gradient of " + name));
            expected.get("buffers")
                    .properties()
                    .forEach(
                            buffer ->
                                    Waves.assertClose(
                                            buffer.getValue(),
                                            state.get(buffer.getKey()),
                                            buffer.getKey()));
        }
    }

    private Tensor indices(Tensor x) {
        long[] values =
                LongStream.of(x.mul(10).to(DType.I64).toLongs())
                        .map(value -> Math.floorMod(value, 5L))
                        .toArray();
        return Tensor.of(HostArray.of(values, x.shape()), device);
    }

    private static void fill(Layer layer) {
        Map<String, HostArray> state = new LinkedHashMap<>(layer.stateDict());
        int k = 1;
        for (Map.Entry<String, Parameter> entry : layer.parameters().entrySet()) {
            state.put(entry.getKey(), Waves.wave(k++, entry.getValue().shape()));
        }
        layer.loadStateDict(state);
    }

    private static Shape shape(JsonNode sizes) {
        return Shape.of(Waves.sizes(sizes).stream().mapToInt(Integer::intValue).toArray());
    }

    @TestFactory
    Stream<DynamicTest> lossesAreWhatPyTorchComputes() {
        Tensor labels = Tensor.of(HostArray.of(new long[] {2, 0, 1, 2}, Shape.of(4)), device);
        Tensor probabilities = Waves.wave(device, 1, 4, 3).sigmoid();
        CrossEntropy entropy = Loss.crossEntropy();
        List<Double> weights = List.of(0.5, 1.0, 2.0);
        Loss all = entropy.withClassWeights(weights).withLabelSmoothing(0.1).withIgnoredLabel(0);
        Loss soft = entropy.withClassWeights(weights).withLabelSmoothing(0.1);
        Loss binary = (x, t) -> Loss.binaryCrossEntropy().of(x.sigmoid(), t);
        Tensor images = labels.reshape(2, 2);
        return Stream.of(
                loss("crossEntropy", entropy, labels),
                loss("crossEntropy.sum", entropy.withReduction(Reduction.SUM), labels),
                loss("crossEntropy.none", entropy.withReduction(Reduction.NONE), labels),
                loss("crossEntropy.weights", entropy.withClassWeights(weights), labels),
                loss("crossEntropy.smoothing", entropy.withLabelSmoothing(0.2), labels),
                loss("crossEntropy.ignored", entropy.withIgnoredLabel(2), labels),
                loss("crossEntropy.all", all, labels),
                loss("crossEntropy.images", entropy, images, 2, 3, 2),
                loss("crossEntropy.probabilities", soft, probabilities),
                loss("negativeLogLikelihood", Loss.negativeLogLikelihood(), labels),
                loss(
                        "binaryCrossEntropyWithLogits",
                        Loss.binaryCrossEntropyWithLogits(),
                        probabilities),
                loss("binaryCrossEntropy", binary, probabilities),
                loss("meanSquaredError", Loss.meanSquaredError(), probabilities),
                loss("meanAbsoluteError", Loss.meanAbsoluteError(), probabilities),
                loss("huber", Loss.huber(0.4), probabilities),
                loss("smoothL1", Loss.smoothL1(0.4), probabilities),
                loss("divergence", Loss.divergence(), probabilities));
    }

    private DynamicTest loss(String name, Loss loss, Tensor target) {
        return loss(name, loss, target, 4, 3);
    }

    private DynamicTest loss(String name, Loss loss, Tensor target, int... sizes) {
        return DynamicTest.dynamicTest(name, () -> check(name, loss, target, sizes));
    }

    private void check(String name, Loss loss, Tensor target, int... sizes) {
        JsonNode expected = GOLDENS.get("losses").get(name);
        Tensor x = Waves.wave(device, 0, sizes).requireGradient();
        Tensor value = loss.of(x, target);
        assertTrue(value.requiresGradient());
        value.sum().backward();
        Waves.assertClose(expected.get("value"), value.toHost(), "loss");
        Waves.assertClose(expected.get("gradient"), x.gradient().toHost(), "gradient");
    }
}
