package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameCheckpoint;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Digits;
import org.gradus.device.Device;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.io.Safetensors;
import org.gradus.metrics.Accuracy;
import org.gradus.models.Mlp;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.optim.Adam;
import org.gradus.optim.LossScale;
import org.gradus.optim.Muon;
import org.gradus.optim.Optimizer;
import org.gradus.optim.SGD;
import org.gradus.optim.UpdateRule;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.train.Evaluator;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingException;
import org.gradus.train.TrainingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of 16 bits, all else as exact as before. */
class MixedPrecisionTest {
    private static final Window WINDOW =
            new Window(new int[] {3, 3}, new int[] {1, 1}, new int[] {0, 0}, new int[] {1, 1});

    @TempDir Path folder;

    static List<String> devices() {
        return TestDevices.names();
    }

    static List<Arguments> devicesAndTypes() {
        List<Arguments> cases = new ArrayList<>();
        for (String device : devices()) {
            cases.add(Arguments.of(device, DType.BF16));
            cases.add(Arguments.of(device, DType.F16));
        }
        return cases;
    }

    /** Half the distance between neighbouring numbers of a type, relative to them. */
    private static double unit(DType type) {
        return type == DType.BF16 ? 1.0 / (1 << 9) : 1.0 / (1 << 12);
    }

    private static Tensor normal(Device device, long stream, int... sizes) {
        return new Generator(17).fork(stream).normal(device, Shape.of(sizes)).compute();
    }

    @ParameterizedTest
    @MethodSource("devicesAndTypes")
    void productsHaveSixteenBitsAndWhatMustBeExactDoesNot(String name, DType type) {
        Device device = Device.of(name);
        try (var _ = Scope.open()) {
            Tensor x = normal(device, 0, 2, 4, 6);
            Tensor image = normal(device, 1, 2, 3, 5, 5);
            Tensor filters = normal(device, 2, 4, 3, 3, 3);
            Tensor heads = normal(device, 3, 2, 2, 4, 6);
            Autocast.in(
                    type,
                    () -> {
                        assertEquals(type, x.matmul(x.mT()).dtype());
                        assertEquals(type, x.linear(normal(device, 4, 5, 6), null).dtype());

                        assertEquals(type, image.convolve(filters, null, WINDOW, 1).dtype());
                        assertEquals(type, heads.attention(heads, heads).dtype());
                        Tensor states =
                                normal(device, 5, 3, 2, 8)
                                        .recurrence(
                                                Cell.LSTM,
                                                normal(device, 6, 8, 2),
                                                null,
                                                normal(device, 7, 2, 2, 2),
                                                null,
                                                false);
                        assertEquals(type, states.dtype());
                        Tensor low = x.to(type);
                        assertEquals(type, low.relu().dtype());
                        assertEquals(DType.F32, low.add(x).dtype());
                        assertEquals(DType.F32, low.softmax(-1).dtype());
                        assertEquals(DType.F32, low.layerNorm(1, null, null, 1e-5).dtype());
                        assertEquals(DType.F32, low.mean().dtype());
                        assertEquals(DType.F32, low.exp().dtype());
                        assertEquals(DType.F32, Loss.meanSquaredError().of(low, x).dtype());
                    });
            assertEquals(DType.F32, x.matmul(x.mT()).dtype());
        }
    }

    @ParameterizedTest
    @MethodSource("devicesAndTypes")
    void resultsAndGradientsAreThoseOfFullPrecisionToRounding(String name, DType type) {
        Device device = Device.of(name);
        try (var _ = Scope.open()) {
            Tensor image = normal(device, 1, 2, 3, 6, 6);
            Tensor filters = normal(device, 2, 4, 3, 3, 3).requireGradient();
            Tensor weight = normal(device, 3, 5, 64).requireGradient();
            float[][] exact = lossAndGradients(DType.F32, image, filters, weight);
            float[][] low = lossAndGradients(type, image, filters, weight);
            for (int i = 0; i < exact.length; i++) {
                double largest = 0;
                for (float value : exact[i]) {
                    largest = Math.max(largest, Math.abs(value));
                }
                for (int k = 0; k < exact[i].length; k++) {
                    // some ten roundings on the way to each, of numbers no larger than these
                    assertEquals(exact[i][k], low[i][k], 16 * unit(type) * largest);
                }
            }
        }
    }

    private static float[][] lossAndGradients(
            DType type, Tensor image, Tensor filters, Tensor weight) {
        filters.clearGradient();
        weight.clearGradient();
        Tensor loss =
                Autocast.in(
                        type,
                        () -> {
                            Tensor features = image.convolve(filters, null, WINDOW, 1);
                            return features.tanh()
                                    .flatten(1, -1)
                                    .linear(weight, null)
                                    .square()
                                    .mean();
                        });
        loss.backward();
        assertEquals(DType.F32, loss.dtype());
        assertEquals(DType.F32, filters.gradient().dtype());
        return new float[][] {
            loss.toFloats(), filters.gradient().toFloats(), weight.gradient().toFloats()
        };
    }

    @Test
    void aParameterIsConvertedOncePerStep() {
        Device device = Device.of("cpu");
        Tensor weight = Tensor.ones(device, DType.F32, Shape.of(2, 2)).requireGradient();
        int before = Tensor.liveStorages();
        Autocast.in(
                DType.BF16,
                () -> {
                    assertSame(Autocast.low(weight), Autocast.low(weight));
                    // at most: the collector may find garbage of earlier tests meanwhile
                    assertTrue(Tensor.liveStorages() <= before + 1);
                });
        assertTrue(Tensor.liveStorages() <= before);
    }

    /** What was converted for a metric would be no part of the tape. */
    @Test
    void aUseWithoutGradientsDoesNotCutTheNextOneOff() {
        Device device = Device.of("cpu");
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(device, DType.F32, Shape.of(1, 2));
            Tensor weight = Tensor.ones(device, DType.F32, Shape.of(2, 2)).requireGradient();
            Tensor loss =
                    Autocast.in(
                            DType.F16,
                            () -> {
                                Autograd.withoutGradients(() -> x.matmul(weight).compute());
                                return x.matmul(weight).sum();
                            });
            loss.backward();
            assertNotNull(weight.gradient());
        }
    }

    @Test
    void doublesStayDoubles() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(Device.of("cpu"), DType.F64, Shape.of(2, 2));
            assertEquals(DType.F64, Autocast.in(DType.BF16, () -> x.matmul(x)).dtype());
            assertThrows(TensorException.class, () -> Autocast.in(DType.F64, () -> x.matmul(x)));
        }
    }

    private static TrainingResult digits(String device, String precision, Mlp model) {
        return Trainer.of(model)
                .device(device)
                .precision(precision)
                .batchSize(32)
                .optimizer(Adam.withLearningRate(1e-2))
                .loss(Loss.crossEntropy())
                .metric(new Accuracy())
                .fit(Digits.train(), Digits.validation(), steps(200));
    }

    @ParameterizedTest
    @MethodSource("devicesAndTypes")
    void digitsAreLearnedAsWell(String device, DType type) {
        double exact = accuracy(digits(device, "f32", new Mlp(64, List.of(32), 10, 0)));
        Mlp model = new Mlp(64, List.of(32), 10, 0);
        TrainingResult result = digits(device, type.toString(), model);
        assertTrue(exact > 0.93, "in f32 " + exact);
        // three of the 359 images
        assertEquals(exact, accuracy(result), 0.0085);
        model.parameters().values().forEach(p -> assertEquals(DType.F32, p.dtype()));
        double again =
                Evaluator.of(model)
                        .precision(type.toString())
                        .metric(new Accuracy())
                        .evaluate(Digits.validation())
                        .values()
                        .get("accuracy");
        assertEquals(accuracy(result), again);
    }

    private static double accuracy(TrainingResult result) {
        return result.validation().get("accuracy");
    }

    static List<Arguments> devicesAndRules() {
        List<Arguments> cases = new ArrayList<>();
        for (String device : devices()) {
            cases.add(Arguments.of(device, Adam.withLearningRate(0.1)));
            cases.add(Arguments.of(device, SGD.withLearningRate(0.1)));
            cases.add(Arguments.of(device, Muon.withLearningRate(0.1)));
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("devicesAndRules")
    void anOverflowLeavesAStepOutAndHalvesTheScale(String name, UpdateRule rule) {
        Device device = Device.of(name);
        Linear layer = new Linear(3, 2).withoutBias();
        layer.initialize(device, 1);
        Optimizer optimizer = new Optimizer(layer.parameters(), rule);
        LossScale scale = new LossScale(device);
        step(layer, optimizer, scale, 1);
        float[] before = weights(layer);
        var states = optimizer.stateDict();
        step(layer, optimizer, scale, 1e36);
        assertArrayEquals(before, weights(layer));
        optimizer
                .stateDict()
                .forEach(
                        (state, values) -> {
                            if (!state.endsWith("step")) {
                                assertArrayEquals(states.get(state).toFloats(), values.toFloats());
                            }
                        });
        assertArrayEquals(new double[] {32768, 0}, scale.state());
        step(layer, optimizer, scale, 1);
        assertNotEquals(before[0], weights(layer)[0]);
        assertArrayEquals(new double[] {32768, 1}, scale.state());
        scale.restore(new double[] {1024, 1999});
        step(layer, optimizer, scale, 1);
        assertArrayEquals(new double[] {2048, 0}, scale.state());
        scale.release();
        optimizer.release();
    }

    private static void step(Linear layer, Optimizer optimizer, LossScale scale, double size) {
        try (var _ = Scope.open()) {
            optimizer.clearGradients();
            Tensor x = Tensor.ones(layer.device(), DType.F32, Shape.of(1, 3));
            Tensor loss = Autocast.in(DType.F16, () -> layer.apply(x).mean());
            scale.multiply(loss).mul(size).backward();
            Tensor verdict = scale.divide(layer.parameters().values());
            optimizer.stepIf(verdict);
            scale.update(verdict);
        }
    }

    private static float[] weights(Module layer) {
        return layer.parameters().get("weight").value().toFloats();
    }

    @Test
    void theScaleDoesNotChangeGradients() {
        Device device = Device.of("cpu");
        try (var _ = Scope.open()) {
            Linear layer = new Linear(5, 3);
            layer.initialize(device, 1);
            LossScale scale = new LossScale(device);
            Tensor x = normal(device, 0, 4, 5);
            layer.apply(x).square().mean().backward();
            float[] plain = layer.parameters().get("weight").gradient().toFloats();
            layer.parameters().values().forEach(p -> p.value().clearGradient());
            scale.multiply(layer.apply(x).square().mean()).backward();
            scale.divide(layer.parameters().values());
            assertArrayEquals(plain, layer.parameters().get("weight").gradient().toFloats());
            scale.release();
        }
    }

    @ParameterizedTest
    @MethodSource("devicesAndTypes")
    void aResumedTrainingEndsWithTheSameBits(String device, DType type) {
        trainer(device, type).checkpoints(folder.resolve("a")).fit(TRAIN, VALIDATION, steps(12));
        trainer(device, type).checkpoints(folder.resolve("b")).fit(TRAIN, VALIDATION, steps(5));
        trainer(device, type)
                .checkpoints(folder.resolve("b"))
                .resume(true)
                .fit(TRAIN, VALIDATION, steps(12));
        assertSameCheckpoint(newest(folder.resolve("a")), newest(folder.resolve("b")));
        boolean scaled =
                Safetensors.open(newest(folder.resolve("a")))
                        .readAll()
                        .containsKey("metric.loss_scale");
        assertEquals(type == DType.F16, scaled);
    }

    private static Trainer trainer(String device, DType type) {
        return SmallTraining.trainer().device(device).precision(type.toString());
    }

    /** A loss far beyond what F16 gradients hold: the scale falls until it does not matter. */
    @Test
    void aTrainingWhoseGradientsNeverFitSaysSo() {
        Loss large = (output, target) -> Loss.crossEntropy().of(output, target).mul(1e14);
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                Trainer.of(SmallTraining.model())
                                        .device("cpu")
                                        .precision("f16")
                                        .batchSize(16)
                                        .loss(large)
                                        .fit(TRAIN, steps(60)));
        assertTrue(problem.getMessage().contains("beyond the range of f16"), problem.getMessage());
    }
}
