package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.Contrastive;
import org.gradus.nn.CosineEmbedding;
import org.gradus.nn.CosineSimilarity;
import org.gradus.nn.CtcLoss;
import org.gradus.nn.GaussianNegativeLogLikelihood;
import org.gradus.nn.Loss;
import org.gradus.nn.MarginRanking;
import org.gradus.nn.Reduction;
import org.gradus.nn.TripletMargin;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.tests.gradients.GradientCheck;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Losses against PyTorch's, on every device; see tests/goldens/losses.py. */
class LossGoldensTest {
    private static final JsonNode GOLDENS = Waves.read("/goldens/nn/losses.json").get("losses");
    private static final int[] SQUARE = {4, 3};
    private static final long[][] TARGETS = {{1, 2, 2, 3}, {3, 0, 0, 0}, {1, 1, 1, 1}};

    /** Makes targets that do not depend on the inputs. */
    private record Targets(Device device, DType dtype) {
        Tensor of(double[] values, int... sizes) {
            return Tensor.of(HostArray.of(values, Shape.of(sizes)), device).to(dtype);
        }

        Tensor labels(long... values) {
            return Tensor.of(HostArray.of(values, Shape.of(values.length)), device);
        }

        Tensor labels(long[][] rows) {
            long[] flat = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
            return Tensor.of(HostArray.of(flat, Shape.of(rows.length, rows[0].length)), device);
        }

        Tensor signs() {
            return of(new double[] {1, -1, 1, -1, -1, 1, 1, 1, -1, -1, 1, -1}, SQUARE);
        }

        Tensor pairs() {
            return of(new double[] {1, -1, -1, 1}, 4);
        }

        Tensor counts() {
            return of(new double[] {0, 1, 2, 3, 0, 1, 1, 1, 5, 0, 2, 2}, SQUARE);
        }

        Tensor wave(int... sizes) {
            return Waves.wave(device, dtype, 1, sizes);
        }
    }

    private record Case(String name, Function<List<Tensor>, Tensor> loss, int[]... shapes) {}

    private static Stream<Case> cases(Targets t) {
        Tensor probabilities = t.wave(SQUARE).sigmoid();
        Tensor labels = t.labels(2, 0, 1, 2);
        Loss each =
                Loss.binaryCrossEntropyWithLogits(List.of(0.5, 1.0, 4.0))
                        .withReduction(Reduction.NONE);
        Loss one = Loss.binaryCrossEntropyWithLogits(List.of(3.0));
        Loss squared = Loss.multiMargin().squared().withMargin(0.5).withReduction(Reduction.SUM);
        GaussianNegativeLogLikelihood gaussian =
                Loss.gaussianNegativeLogLikelihood().withEpsilon(0.5).withReduction(Reduction.NONE);
        TripletMargin swapping =
                TripletMargin.withMargin(2).swapping().withReduction(Reduction.NONE);
        return Stream.of(
                of("positiveWeight", one, probabilities),
                of("positiveWeights", each, probabilities),
                of("hinge", Loss.hinge(), t.signs()),
                of("softMargin", Loss.softMargin(), t.signs()),
                of("hingeEmbedding", Loss.hingeEmbedding(0.7), t.signs()),
                of("multiMargin", Loss.multiMargin(), labels),
                of("multiMargin.squared", squared, labels),
                of("poisson", Loss.poissonNegativeLogLikelihood(), t.counts()),
                new Case(
                        "poisson.rates",
                        x ->
                                Loss.poissonNegativeLogLikelihoodOfRates()
                                        .of(x.getFirst().add(1.5), t.counts()),
                        SQUARE),
                new Case("gaussian", x -> gaussian(x.getFirst(), t.wave(4, 1)), new int[] {4, 2}),
                new Case(
                        "gaussian.three",
                        x -> gaussian.of(x.get(0), x.get(1).exp(), t.wave(SQUARE)),
                        SQUARE,
                        SQUARE),
                new Case(
                        "triplet",
                        x -> TripletMargin.withMargin(1).of(x.get(0), x.get(1), x.get(2)),
                        SQUARE,
                        SQUARE,
                        SQUARE),
                new Case(
                        "triplet.swap",
                        x -> swapping.of(x.get(0), x.get(1), x.get(2)),
                        SQUARE,
                        SQUARE,
                        SQUARE),
                new Case(
                        "cosineEmbedding",
                        x -> CosineEmbedding.withMargin(0.1).of(x.get(0), x.get(1), t.pairs()),
                        SQUARE,
                        SQUARE),
                new Case(
                        "contrastive",
                        x -> Contrastive.withMargin(1.5).of(x.get(0), x.get(1), t.pairs().gt(0)),
                        SQUARE,
                        SQUARE),
                new Case(
                        "cosineSimilarity",
                        x -> CosineSimilarity.along(1).of(x.get(0), x.get(1)),
                        SQUARE,
                        SQUARE),
                new Case(
                        "marginRanking",
                        x -> MarginRanking.withMargin(0.3).of(x.get(0), x.get(1), t.pairs()),
                        new int[] {4},
                        new int[] {4}));
    }

    private static Case of(String name, Loss loss, Tensor target) {
        return new Case(name, x -> loss.of(x.getFirst(), target), SQUARE);
    }

    private static Tensor gaussian(Tensor x, Tensor target) {
        Tensor output = Tensor.cat(1, x.narrow(1, 0, 1), x.narrow(1, 1, 1).exp());
        return Loss.gaussianNegativeLogLikelihood().of(output, target);
    }

    private static Stream<Case> sequences(Targets t) {
        CtcLoss each = Loss.ctc().withReduction(Reduction.NONE);
        CtcLoss sum = Loss.ctc().withReduction(Reduction.SUM);
        Tensor targets = t.labels(TARGETS);
        long[][] padded = {{1, 2, 2, 3}, {3, -1, -1, -1}, {1, 1, 1, 1}};
        long[] first = {1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7};
        return Stream.of(
                new Case(
                        "ctc",
                        x -> Loss.ctc().of(x.getFirst().logSoftmax(2), t.labels(padded)),
                        new int[] {9, 3, 4}),
                ctc(t, "ctc.none", each, targets, new long[] {9, 6, 7}, 4, 1, 4),
                ctc(t, "ctc.sum", sum, targets, new long[] {9, 6, 7}, 3, 1, 0),
                ctc(
                        t,
                        "ctc.blank",
                        Loss.ctc().withBlank(3),
                        t.labels(new long[][] {{0, 1}, {1, 0}, {1, 1}}),
                        new long[] {5, 4, 5},
                        2,
                        2,
                        2),
                ctc(
                        t,
                        "ctc.impossible",
                        each.withZeroInfinity(),
                        targets,
                        new long[] {9, 2, 6},
                        4,
                        4,
                        4),
                ctc(
                        t,
                        "ctc.infinite",
                        each,
                        t.labels(new long[][] {{1, 2}, {3, 1}, {1, 2}}),
                        new long[] {9, 5, 4},
                        2,
                        2,
                        2),
                ctc(
                        t,
                        "ctc.long",
                        Loss.ctc(),
                        t.labels(new long[][] {first, first}),
                        new long[] {60, 47},
                        14,
                        9));
    }

    private static Case ctc(
            Targets t, String name, CtcLoss loss, Tensor targets, long[] inputs, long... lengths) {
        int times = (int) Arrays.stream(inputs).max().orElseThrow();
        int classes = times == 60 ? 9 : 4;
        return new Case(
                name,
                x ->
                        loss.of(
                                x.getFirst().logSoftmax(2),
                                targets,
                                t.labels(inputs),
                                t.labels(lengths)),
                new int[] {times, inputs.length, classes});
    }

    @TestFactory
    Stream<DynamicTest> lossesAreWhatPyTorchComputes() {
        return Setting.all()
                .flatMap(
                        s -> {
                            Targets t = new Targets(s.device(), s.dtype());
                            return Stream.concat(cases(t), sequences(t))
                                    .map(c -> s.test(c.name(), () -> check(c, s)));
                        });
    }

    private static void check(Case c, Setting setting) {
        JsonNode expected = GOLDENS.get(c.name());
        try (var _ = Scope.open()) {
            List<Tensor> inputs = inputs(c, setting);
            Tensor value = c.loss().apply(inputs);
            value.isFinite().where(value, 0).sum().backward();
            setting.assertClose(expected.get("value"), value, "loss");
            for (int i = 0; i < inputs.size(); i++) {
                setting.assertClose(
                        expected.get("gradients").get(i),
                        inputs.get(i).gradient(),
                        "gradient of input " + i);
            }
        }
    }

    private static List<Tensor> inputs(Case c, Setting setting) {
        List<Tensor> inputs = new ArrayList<>();
        for (int k = 0; k < c.shapes().length; k++) {
            inputs.add(setting.wave(k, c.shapes()[k]).requireGradient());
        }
        return inputs;
    }

    @TestFactory
    Stream<DynamicTest> gradientsOfSequenceLossesAreTheSlopesInBothOrders() {
        return TestDevices.all().stream()
                .filter(device -> TestDevices.precisions(device).contains(DType.F64))
                .map(
                        device ->
                                DynamicTest.dynamicTest(
                                        device.name(),
                                        () -> {
                                            GradientCheck check = sequenceCheck(device);
                                            check.firstOrder();
                                            check.secondOrder();
                                        }));
    }

    private static GradientCheck sequenceCheck(Device device) {
        return GradientCheck.of(
                device,
                x -> {
                    Targets t = new Targets(device, DType.F64);
                    Tensor logs = x.getFirst().logSoftmax(2);
                    Tensor times = t.labels(5, 4);
                    return Loss.ctc()
                            .of(
                                    logs,
                                    t.labels(new long[][] {{1, 1}, {2, 0}}),
                                    times,
                                    t.labels(2, 1));
                },
                new int[] {5, 2, 3});
    }

    @Test
    void aTargetWithoutLabelsOrTimeCostsWhatItsBlanksCost() {
        Device device = TestDevices.all().getFirst();
        Targets t = new Targets(device, DType.F32);
        Tensor logs = t.wave(3, 2, 2).logSoftmax(2);
        Tensor none = Tensor.zeros(device, DType.I64, Shape.of(2, 0));
        CtcLoss loss = Loss.ctc().withReduction(Reduction.NONE);
        float[] found = loss.of(logs, none, t.labels(3, 0), t.labels(0, 0)).toFloats();
        float[] blanks = logs.select(2, 0).sum(0).neg().toFloats();
        assertEquals(blanks[0], found[0], 1e-5);
        assertEquals(0, found[1]);
        Tensor some = t.labels(new long[][] {{1}, {1}});
        float[] impossible = loss.of(logs, some, t.labels(3, 0), t.labels(1, 1)).toFloats();
        assertTrue(Float.isFinite(impossible[0]));
        assertEquals(Float.POSITIVE_INFINITY, impossible[1]);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Targets t = new Targets(TestDevices.all().getFirst(), DType.F32);
        Tensor x = t.wave(SQUARE);
        refused(() -> Loss.multiMargin().of(x, t.labels(1, 2, 0)));
        refused(() -> Loss.gaussianNegativeLogLikelihood().of(x, t.wave(4, 1)));
        refused(() -> Loss.binaryCrossEntropyWithLogits(List.of(1.0, 2.0)).of(x, x));
        refused(() -> TripletMargin.withMargin(1).of(x, x, t.wave(4, 2)));
        refused(() -> Loss.ctc().of(x, t.labels(new long[][] {{1}, {1}})));
        refused(() -> Loss.ctc().withBlank(3).of(t.wave(2, 1, 3), t.labels(new long[][] {{1}})));
    }

    private static void refused(Runnable work) {
        assertThrows(TensorException.class, work::run);
    }
}
