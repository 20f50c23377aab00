package org.gradus.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.device.AttentionKernels;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention and its gradients against loops that store all scores. */
class AttentionTest {
    private static OpenClDevice device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    @AfterAll
    static void close() {
        if (device != null) {
            device.close();
        }
    }

    /** Sizes, and which keys a query sees. */
    record Case(
            int batch,
            int heads,
            int keyHeads,
            int queries,
            int keys,
            int size,
            int valueSize,
            boolean causal,
            boolean masked) {
        double scale() {
            return 1 / Math.sqrt(Math.max(1, size));
        }

        boolean sees(int query, int key) {
            return !causal || key <= query + keys - queries;
        }
    }

    /** Cases that a simulator can run. */
    static Stream<Case> tiny() {
        return Stream.of(
                new Case(1, 2, 1, 3, 5, 4, 3, true, true),
                new Case(1, 1, 1, 5, 3, 2, 2, true, false));
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case(1, 1, 1, 1, 1, 1, 1, false, false),
                new Case(2, 3, 3, 32, 64, 32, 64, false, false),
                new Case(1, 4, 2, 33, 65, 33, 65, false, true),
                new Case(2, 2, 1, 131, 131, 16, 16, true, false),
                new Case(1, 2, 2, 70, 200, 64, 64, true, true),
                new Case(1, 6, 3, 97, 41, 17, 29, true, false),
                new Case(1, 1, 1, 40, 70, 128, 128, true, false),
                new Case(1, 1, 1, 37, 67, 257, 131, false, false),
                new Case(1, 2, 1, 5, 7, 3, 259, true, true));
    }

    /** The operands of a case, and all results by plain loops. */
    private static final class Reference {
        final Numbers query;
        final Numbers key;
        final Numbers value;
        final Numbers mask;
        final Numbers gradient;
        final Numbers output;
        final Numbers logSums;
        final Numbers queryGradient;
        final Numbers keyGradient;
        final Numbers valueGradient;

        Reference(Case c, DType type) {
            Random random = new Random(c.hashCode());
            query = Numbers.random(random, type, c.batch, c.heads, c.queries, c.size);
            key = Numbers.random(random, type, c.batch, c.keyHeads, c.keys, c.size);
            value = Numbers.random(random, type, c.batch, c.keyHeads, c.keys, c.valueSize);
            gradient = Numbers.random(random, type, c.batch, c.heads, c.queries, c.valueSize);
            // one for all heads; the second query sees nothing
            mask = Numbers.random(random, type, c.batch, c.queries, c.keys);
            for (int n = 0; n < c.batch; n++) {
                for (int k = 0; k < c.keys; k++) {
                    if (c.queries > 1) {
                        mask.set(Double.NEGATIVE_INFINITY, n, 1, k);
                    }
                    if (c.queries > 0 && k % 3 == 1) {
                        mask.set(Double.NEGATIVE_INFINITY, n, 0, k);
                    }
                }
            }
            output = Numbers.zeros(gradient.sizes());
            logSums = Numbers.zeros(c.batch, c.heads, c.queries);
            queryGradient = Numbers.zeros(query.sizes());
            keyGradient = Numbers.zeros(key.sizes());
            valueGradient = Numbers.zeros(value.sizes());
            for (int n = 0; n < c.batch; n++) {
                for (int h = 0; h < c.heads; h++) {
                    for (int q = 0; q < c.queries; q++) {
                        attend(c, n, h, h / (c.heads / c.keyHeads), q);
                    }
                }
            }
        }

        private void attend(Case c, int n, int h, int kh, int q) {
            double[] weights = new double[c.keys];
            double total = 0;
            for (int k = 0; k < c.keys; k++) {
                double score = c.masked ? mask.get(n, q, k) : 0;
                for (int d = 0; d < c.size; d++) {
                    score += c.scale() * query.get(n, h, q, d) * key.get(n, kh, k, d);
                }
                weights[k] = c.sees(q, k) ? Math.exp(score) : 0;
                total += weights[k];
            }
            logSums.set(Math.log(total), n, h, q);
            if (total == 0) {
                return;
            }
            double[] slopes = new double[c.keys];
            double product = 0;
            for (int k = 0; k < c.keys; k++) {
                weights[k] /= total;
                for (int d = 0; d < c.valueSize; d++) {
                    output.add(weights[k] * value.get(n, kh, k, d), n, h, q, d);
                    valueGradient.add(weights[k] * gradient.get(n, h, q, d), n, kh, k, d);
                    slopes[k] += gradient.get(n, h, q, d) * value.get(n, kh, k, d);
                }
                product += weights[k] * slopes[k];
            }
            for (int k = 0; k < c.keys; k++) {
                double slope = weights[k] * (slopes[k] - product) * c.scale();
                for (int d = 0; d < c.size; d++) {
                    queryGradient.add(slope * key.get(n, kh, k, d), n, h, q, d);
                    keyGradient.add(slope * query.get(n, h, q, d), n, kh, k, d);
                }
            }
        }
    }

    /** Runs forward and backward and compares all results. */
    static void check(OpenClDevice on, Case c, DType type, double tolerance) {
        Reference expected = new Reference(c, type);
        AttentionKernels kernels = on.kernels(AttentionKernels.class, type).orElseThrow();
        // as projections leave them: heads and positions are swapped in memory
        View query = expected.query.swapped(on, type, 1, 2);
        View key = expected.key.swapped(on, type, 1, 2);
        View value = expected.value.on(on, type);
        View gradient = expected.gradient.swapped(on, type, 1, 2);
        Optional<View> mask =
                c.masked ? Optional.of(mask(on, c, type, expected)) : Optional.empty();
        View output = Numbers.unwritten(on, type, expected.output.sizes());
        View logSums = Numbers.unwritten(on, DType.F32, expected.logSums.sizes());
        kernels.forward(query, key, value, mask, c.causal, c.scale(), output, logSums);
        expected.output.assertNear(c + " output", on, output, tolerance);
        expected.logSums.assertNear(c + " logarithms", on, logSums, 1e-5);
        View dq = Numbers.unwritten(on, type, expected.query.sizes());
        View dk = Numbers.unwritten(on, type, expected.key.sizes());
        View dv = Numbers.unwritten(on, type, expected.value.sizes());
        kernels.backward(
                gradient, query, key, value, mask, c.causal, c.scale(), output, logSums, dq, dk,
                dv);
        expected.queryGradient.assertNear(c + " query", on, dq, tolerance);
        expected.keyGradient.assertNear(c + " key", on, dk, tolerance);
        expected.valueGradient.assertNear(c + " value", on, dv, tolerance);
    }

    private static View mask(OpenClDevice on, Case c, DType type, Reference expected) {
        View mask = expected.mask.on(on, type);
        long[] strides = {mask.strides()[0], 0, mask.strides()[1], mask.strides()[2]};
        Shape shape = Shape.of(c.batch, c.heads, c.queries, c.keys);
        return new View(mask.buffer(), shape, strides, 0);
    }

    @ParameterizedTest
    @MethodSource({"tiny", "cases"})
    void isWhatStoredScoresGive(Case c) {
        check(device, c, DType.F32, 2e-5);
    }

    /** Results are rounded once, and the gradients are made from a rounded output. */
    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void isTheSameInSixteenBits(DType type) {
        double tolerance = type == DType.F16 ? 0x1p-9 : 0x1p-6;
        check(device, new Case(1, 4, 2, 33, 65, 33, 65, true, false), type, tolerance);
        check(device, new Case(1, 2, 1, 5, 70, 16, 7, false, true), type, tolerance);
    }

    @Test
    void noKeysGiveZeros() {
        check(device, new Case(1, 2, 2, 3, 0, 4, 5, false, false), DType.F32, 0);
    }

    @Test
    void noQueriesGiveZeroGradients() {
        check(device, new Case(1, 2, 1, 0, 3, 4, 5, true, false), DType.F32, 0);
    }

    /** Scores near 1e4, of which single precision has exponentials only relative to the largest. */
    @Test
    void largeScoresDoNotOverflow() {
        AttentionKernels kernels = device.kernels(AttentionKernels.class, DType.F32).orElseThrow();
        Numbers query = new Numbers(new int[] {1, 1, 1, 1}, new double[] {1});
        Numbers key = Numbers.zeros(1, 1, 130, 1);
        Numbers value = Numbers.zeros(1, 1, 130, 1);
        for (int k = 0; k < 130; k++) {
            key.set(k % 2 == 0 ? 1e4 + k : -1e4, 0, 0, k, 0);
            value.set(k, 0, 0, k, 0);
        }
        View output = Numbers.unwritten(device, DType.F32, 1, 1, 1, 1);
        View logSums = Numbers.unwritten(device, DType.F32, 1, 1, 1);
        kernels.forward(
                query.on(device, DType.F32),
                key.on(device, DType.F32),
                value.on(device, DType.F32),
                Optional.empty(),
                false,
                1,
                output,
                logSums);
        double below = Math.exp(-2);
        double expected = 128 - 2 * below / (1 - below) * 1;
        new Numbers(new int[] {1, 1, 1, 1}, new double[] {expected})
                .assertNear("output", device, output, 1e-5);
    }

    /** Several heads share a key head, and several groups work at the same time. */
    @Test
    void runsGiveTheSameBits() {
        Case c = new Case(2, 4, 2, 90, 90, 24, 24, true, false);
        Reference operands = new Reference(c, DType.F32);
        float[] first = keyGradient(c, operands);
        for (int run = 0; run < 3; run++) {
            assertArrayEquals(first, keyGradient(c, operands));
        }
    }

    private static float[] keyGradient(Case c, Reference r) {
        AttentionKernels kernels = device.kernels(AttentionKernels.class, DType.F32).orElseThrow();
        View query = r.query.on(device, DType.F32);
        View key = r.key.on(device, DType.F32);
        View value = r.value.on(device, DType.F32);
        View output = Numbers.unwritten(device, DType.F32, r.output.sizes());
        View logSums = Numbers.unwritten(device, DType.F32, r.logSums.sizes());
        Optional<View> none = Optional.empty();
        kernels.forward(query, key, value, none, true, c.scale(), output, logSums);
        View dq = Numbers.unwritten(device, DType.F32, r.query.sizes());
        View dk = Numbers.unwritten(device, DType.F32, r.key.sizes());
        View dv = Numbers.unwritten(device, DType.F32, r.value.sizes());
        View gradient = r.gradient.on(device, DType.F32);
        kernels.backward(
                gradient, query, key, value, none, true, c.scale(), output, logSums, dq, dk, dv);
        return Numbers.download(device, dk);
    }
}
