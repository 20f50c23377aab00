package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.device.CtcKernels;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connectionist temporal classification by each device's kernels, with outputs that are not numbers
 * before: against the sum over all paths one by one, and, where those are too many, against the
 * plain definition in double precision.
 */
class CtcTest {
    /** What pads labels: no class. */
    private static final long PADDING = 99;

    /**
     * Sequences and their targets.
     *
     * @param counts how many times of each sequence count
     * @param targets the labels that count
     * @param never the part of the log-probabilities that are minus infinity
     */
    private record Case(
            String name,
            int times,
            int classes,
            int blank,
            long[] counts,
            long[][] targets,
            double never) {
        int batch() {
            return counts.length;
        }

        int length() {
            return Stream.of(targets).mapToInt(target -> target.length).max().orElse(0);
        }

        float[] logs() {
            Random random = new Random(5);
            float[] logs = new float[times * batch() * classes];
            for (int row = 0; row < logs.length; row += classes) {
                double sum = 0;
                for (int c = row; c < row + classes; c++) {
                    logs[c] = (float) (2 * random.nextGaussian());
                    sum += Math.exp(logs[c]);
                }
                for (int c = row; c < row + classes; c++) {
                    boolean isNever = random.nextDouble() < never;
                    logs[c] = isNever ? Float.NEGATIVE_INFINITY : logs[c] - (float) Math.log(sum);
                }
            }
            return logs;
        }

        long[] labels() {
            long[] labels = new long[batch() * length()];
            Arrays.fill(labels, PADDING);
            for (int n = 0; n < batch(); n++) {
                System.arraycopy(targets[n], 0, labels, n * length(), targets[n].length);
            }
            return labels;
        }

        long[] lengths() {
            return Stream.of(targets).mapToLong(target -> target.length).toArray();
        }
    }

    /** Losses {@code [batch]}, and the gradient of their sum weighted by 1, 2, 3, ... */
    private record Results(double[] losses, double[] gradient) {
        /**
         * Compares, each loss within a part of it or of 1. A likelihood is off by as much as its
         * logarithm, which is of the losses' size.
         */
        void assertNear(Results expected, double tolerance) {
            double largest = 1;
            for (int n = 0; n < losses.length; n++) {
                double loss = expected.losses[n];
                largest = Double.isFinite(loss) ? Math.max(largest, loss) : largest;
                double bound = tolerance * Math.max(1, Math.abs(loss));
                assertEquals(loss, losses[n], bound, "loss " + n);
            }
            for (int i = 0; i < gradient.length; i++) {
                double bound = tolerance * losses.length * largest;
                assertEquals(expected.gradient[i], gradient[i], bound, "gradient " + i);
            }
        }
    }

    private static Stream<Case> few() {
        long[][] targets = {
            {1, 2, 3}, {1, 1, 2}, {2, 2}, {3}, {}, {1}, {}, {1, 2, 3}, {3, 3, 3}, {1, 2, 1}
        };
        long[] counts = {6, 5, 3, 1, 0, 0, 6, 2, 4, 6};
        long[][] others = {{0, 1, 3}, {1, 0, 1}, {3, 3}, {0}};
        long[] all = {6, 6, 6, 6};
        return Stream.of(
                new Case("lengths of all kinds", 6, 4, 0, counts, targets, 0),
                new Case("another blank", 6, 4, 2, all, others, 0),
                new Case("classes that never are", 6, 4, 2, all, others, 0.2),
                new Case("one time", 1, 2, 1, new long[] {1, 1}, new long[][] {{0}, {}}, 0),
                new Case("no labels", 3, 3, 0, new long[] {3, 2}, new long[][] {{}, {}}, 0),
                new Case("one class", 4, 1, 0, new long[] {4}, new long[][] {{}}, 0),
                new Case("one sequence", 5, 3, 2, new long[] {5}, new long[][] {{0, 0}}, 0));
    }

    private static Stream<Case> many() {
        return Stream.of(
                random("a dozen labels", 37, 5, 11, 12),
                random("more places than work-items", 310, 2, 5, 140),
                random("more classes than work-items", 12, 3, 601, 4));
    }

    private static Case random(String name, int times, int batch, int classes, int length) {
        Random random = new Random(3);
        long[][] targets = new long[batch][];
        long[] counts = new long[batch];
        for (int n = 0; n < batch; n++) {
            targets[n] = random.longs(length - n, 1, classes).toArray();
            counts[n] = times - n;
        }
        return new Case(name, times, classes, 0, counts, targets, 0);
    }

    @TestFactory
    Stream<DynamicTest> isTheSumOverAllPaths() {
        return test(few(), (c, device) -> onDevice(c, device).assertNear(byPaths(c), 1e-6));
    }

    @TestFactory
    Stream<DynamicTest> isThePlainDefinition() {
        return test(
                many(),
                (c, device) -> {
                    Results plain = plain(c);
                    assertTrue(Arrays.stream(plain.losses).allMatch(Double::isFinite));
                    onDevice(c, device).assertNear(plain, 1e-6);
                });
    }

    @TestFactory
    Stream<DynamicTest> thePlainDefinitionIsTheSumOverAllPaths() {
        return few().map(
                        c ->
                                DynamicTest.dynamicTest(
                                        c.name, () -> plain(c).assertNear(byPaths(c), 1e-9)));
    }

    private interface Check {
        void run(Case c, Device device);
    }

    private static Stream<DynamicTest> test(Stream<Case> cases, Check check) {
        return cases.flatMap(
                c ->
                        TestDevices.all().stream()
                                .map(
                                        device ->
                                                DynamicTest.dynamicTest(
                                                        device.name() + ": " + c.name,
                                                        () -> check.run(c, device))));
    }

    private static Tensor longs(Device device, long[] values, int... sizes) {
        return Tensor.of(HostArray.of(values, Shape.of(sizes)), device);
    }

    private static Tensor floats(Device device, float[] values, int... sizes) {
        return Tensor.of(HostArray.of(values, Shape.of(sizes)), device);
    }

    private static float[] weights(Case c) {
        float[] weights = new float[c.batch()];
        for (int n = 0; n < weights.length; n++) {
            weights[n] = n + 1;
        }
        return weights;
    }

    private static Results onDevice(Case c, Device device) {
        try (var _ = Scope.open()) {
            int batch = c.batch();
            var kernels = device.kernels(CtcKernels.class, DType.F32).orElseThrow();
            Shape shape = Shape.of(c.times, batch, c.classes);
            Tensor logs = floats(device, c.logs(), shape.sizes());
            Tensor labels = longs(device, c.labels(), batch, c.length());
            Tensor counts = longs(device, c.counts, batch);
            Tensor lengths = longs(device, c.lengths(), batch);
            var targets =
                    new CtcKernels.Targets(labels.view(), counts.view(), lengths.view(), c.blank);
            Tensor losses = unwritten(device, batch);
            Tensor sums = unwritten(device, batch, c.times, targets.places());
            kernels.likelihoods(logs.view(), targets, losses.view(), sums.view());
            Tensor gradient = unwritten(device, shape.sizes());
            Tensor weights = floats(device, weights(c), batch);
            kernels.gradient(
                    weights.view(),
                    logs.view(),
                    targets,
                    losses.view(),
                    sums.view(),
                    gradient.view());
            return new Results(doubles(losses), doubles(gradient));
        }
    }

    private static Tensor unwritten(Device device, int... sizes) {
        return Tensor.full(device, DType.F32, Shape.of(sizes), Double.NaN);
    }

    private static double[] doubles(Tensor tensor) {
        return tensor.toHost().toDoubles();
    }

    private static Results plain(Case c) {
        try (var _ = Scope.open()) {
            Device device = Devices.of("cpu");
            int batch = c.batch();
            Tensor logs =
                    floats(device, c.logs(), c.times, batch, c.classes)
                            .to(DType.F64)
                            .requireGradient();
            Tensor losses =
                    logs.ctc(
                            longs(device, c.labels(), batch, c.length()),
                            longs(device, c.counts, batch),
                            longs(device, c.lengths(), batch),
                            c.blank);
            Tensor weights = floats(device, weights(c), batch).to(DType.F64);
            losses.eq(Double.POSITIVE_INFINITY).where(0, losses).mul(weights).sum().backward();
            return new Results(doubles(losses), doubles(logs.gradient()));
        }
    }

    private static Results byPaths(Case c) {
        double[] losses = new double[c.batch()];
        double[] gradient = new double[c.times * c.batch() * c.classes];
        float[] logs = c.logs();
        for (int n = 0; n < c.batch(); n++) {
            int times = (int) c.counts[n];
            double[][] occupancies = new double[times][c.classes];
            double total = 0;
            for (int path = 0; path < Math.pow(c.classes, times); path++) {
                int[] steps = steps(path, times, c.classes);
                if (Arrays.equals(collapsed(steps, c.blank), c.targets[n])) {
                    double log = 0;
                    for (int t = 0; t < times; t++) {
                        log += logs[(t * c.batch() + n) * c.classes + steps[t]];
                    }
                    total += Math.exp(log);
                    for (int t = 0; t < times; t++) {
                        occupancies[t][steps[t]] += Math.exp(log);
                    }
                }
            }
            losses[n] = total == 1 ? 0 : -Math.log(total);
            for (int t = 0; t < times && total > 0; t++) {
                for (int k = 0; k < c.classes; k++) {
                    gradient[(t * c.batch() + n) * c.classes + k] =
                            -(n + 1) * occupancies[t][k] / total;
                }
            }
        }
        return new Results(losses, gradient);
    }

    private static int[] steps(int path, int times, int classes) {
        int[] steps = new int[times];
        int rest = path;
        for (int t = 0; t < times; t++) {
            steps[t] = rest % classes;
            rest /= classes;
        }
        return steps;
    }

    /** Returns a path's labels: repetitions count once, and blanks not at all. */
    private static long[] collapsed(int[] steps, int blank) {
        long[] labels = new long[steps.length];
        int count = 0;
        for (int t = 0; t < steps.length; t++) {
            if (steps[t] != blank && (t == 0 || steps[t] != steps[t - 1])) {
                labels[count++] = steps[t];
            }
        }
        return Arrays.copyOf(labels, count);
    }

    @ParameterizedTest
    @MethodSource("org.gradus.tests.conformance.TestDevices#named")
    void aTargetOfAnImpossibleLengthIsImpossible(Device device) {
        try (var _ = Scope.open()) {
            Tensor logs = Tensor.full(device, DType.F32, Shape.of(3, 2, 2), -0.7).requireGradient();
            Tensor losses =
                    logs.ctc(
                            longs(device, new long[] {1, 1}, 2, 1),
                            longs(device, new long[] {3, 3}, 2),
                            longs(device, new long[] {2, -1}, 2),
                            0);
            float[] infinite = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY};
            assertArrayEquals(infinite, losses.toFloats());
            losses.sum().backward();
            assertEquals(0, logs.gradient().abs().sum().toFloats()[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("org.gradus.tests.conformance.TestDevices#named")
    void ofSixteenBitsTheSumsAreInThirtyTwo(Device device) {
        try (var _ = Scope.open()) {
            Tensor logs =
                    Tensor.full(device, DType.BF16, Shape.of(200, 1, 2), -0.5).requireGradient();
            Tensor one = longs(device, new long[] {0}, 1);
            Tensor losses =
                    logs.ctc(
                            Tensor.zeros(device, DType.I64, Shape.of(1, 0)),
                            longs(device, new long[] {200}, 1),
                            one,
                            1);
            assertEquals(DType.F32, losses.dtype());
            assertEquals(100, losses.toFloats()[0], 1e-3);
            losses.sum().backward();
            assertEquals(DType.BF16, logs.gradient().dtype());
            assertEquals(-200, logs.gradient().to(DType.F32).sum().toFloats()[0], 1e-3);
        }
    }

    @ParameterizedTest
    @MethodSource("org.gradus.tests.conformance.TestDevices#named")
    void whatIsOutOfBoundsIsReported(Device device) {
        long[][] wrong = {{4, 3}, {-1, 3}, {1, 7}, {1, -1}};
        for (long[] labelAndTimes : wrong) {
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> {
                        try (var _ = Scope.open()) {
                            Tensor logs = Tensor.full(device, DType.F32, Shape.of(6, 1, 4), -1);
                            logs.ctc(
                                    longs(device, new long[] {labelAndTimes[0]}, 1, 1),
                                    longs(device, new long[] {labelAndTimes[1]}, 1),
                                    longs(device, new long[] {1}, 1),
                                    0);
                            device.synchronize();
                        }
                    },
                    Arrays.toString(labelAndTimes));
        }
    }
}
