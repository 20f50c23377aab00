package org.gradus.tests.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.io.Safetensors;
import org.gradus.models.CharLstm;
import org.gradus.models.Gpt;
import org.gradus.models.ResNet;
import org.gradus.models.Seq2SeqTransformer;
import org.gradus.models.TextClassifier;
import org.gradus.models.ViT;
import org.gradus.nn.Module;
import org.gradus.nn.TransformerSettings;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Weights made by PyTorch give what PyTorch computes, and go back; see tests/goldens/models.py. */
class ModelWeightsTest {
    private static final Path GOLDENS =
            Path.of(
                    System.getProperty("gradus.root", ".."),
                    "tests/src/test/resources/goldens/models");

    @TempDir private Path folder;

    private record Case(String name, Module model, BiFunction<Module, List<Tensor>, Tensor> call) {}

    private static Stream<Case> cases() {
        return Stream.of(
                new Case("gpt", gpt(), (m, x) -> ((Gpt) m).apply(x.get(0))),
                new Case(
                        "seq2seq",
                        seq2seq(),
                        (m, x) -> ((Seq2SeqTransformer) m).apply(x.get(0), x.get(1))),
                new Case(
                        "text-classifier",
                        textClassifier(),
                        (m, x) -> ((TextClassifier) m).apply(x.get(0))),
                new Case("vit", vit(), (m, x) -> ((ViT) m).apply(x.get(0))),
                new Case(
                        "resnet",
                        new ResNet(2, 4, List.of(1, 1), 3),
                        (m, x) -> ((ResNet) m).apply(x.get(0))),
                new Case(
                        "char-lstm",
                        new CharLstm(11, 6, 8, 2, 0),
                        (m, x) -> ((CharLstm) m).apply(x.get(0))));
    }

    private static Gpt gpt() {
        return new Gpt(Gpt.Settings.of(11, 12, 16, 2, 2));
    }

    private static Seq2SeqTransformer seq2seq() {
        TransformerSettings layers = TransformerSettings.of(16, 4).withFeedforward(24);
        return new Seq2SeqTransformer(new Seq2SeqTransformer.Settings(9, 10, 0, 2, layers));
    }

    private static TextClassifier textClassifier() {
        TransformerSettings layers = TransformerSettings.of(8, 2).withFeedforward(12);
        return new TextClassifier(new TextClassifier.Settings(9, 8, 3, 0, 1, layers));
    }

    private static ViT vit() {
        TransformerSettings layers =
                TransformerSettings.of(8, 2)
                        .withFeedforward(16)
                        .withActivation(Tensor::gelu)
                        .withNormFirst();
        return new ViT(new ViT.Settings(3, 8, 4, 5, 1, layers));
    }

    @TestFactory
    Stream<DynamicTest> weightsFromPyTorchGiveItsOutputs() {
        return TestDevices.all().stream()
                .flatMap(
                        device ->
                                cases().map(
                                                c ->
                                                        DynamicTest.dynamicTest(
                                                                c.name() + " " + device.name(),
                                                                () -> check(device, c))));
    }

    private static void check(Device device, Case c) {
        try (var _ = Scope.open()) {
            c.model().initialize(device, 0).eval();
            c.model().loadStateDict(Safetensors.read(GOLDENS.resolve(c.name() + ".safetensors")));
            Map<String, HostArray> stored =
                    Safetensors.read(GOLDENS.resolve(c.name() + ".outputs.safetensors"));
            List<Tensor> inputs = new ArrayList<>();
            for (int i = 0; i < stored.size() - 1; i++) {
                inputs.add(Tensor.of(stored.get("input" + i), device));
            }
            Tensor output = c.call().apply(c.model(), inputs);
            HostArray expected = stored.get("output");
            assertEquals(expected.shape(), output.shape());
            assertArrayEquals(expected.toFloats(), output.toFloats(), 1e-5f);
        }
    }

    @TestFactory
    Stream<DynamicTest> weightsWrittenHereAreThoseThatPyTorchWrote() {
        return cases().map(c -> DynamicTest.dynamicTest(c.name(), () -> checkWriting(c)));
    }

    private void checkWriting(Case c) {
        Map<String, HostArray> original =
                Safetensors.read(GOLDENS.resolve(c.name() + ".safetensors"));
        c.model().initialize(TestDevices.all().getFirst(), 0);
        c.model().loadStateDict(original);
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, c.model().stateDict(), Map.of());
        Map<String, HostArray> written = Safetensors.read(file);
        assertEquals(original.keySet(), written.keySet());
        original.forEach(
                (name, values) -> {
                    assertEquals(values.shape(), written.get(name).shape(), name);
                    assertEquals(-1, values.data().mismatch(written.get(name).data()), name);
                });
    }
}
