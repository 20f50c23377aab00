package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.AttentionOptions;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attention of sizes that fill several tiles of any kernel, against its plain definition in F64 on
 * the CPU. The golden cases have the small sizes.
 */
class AttentionTest {
    private enum Hidden {
        NOTHING,
        PADDING,
        SCATTERED,
        SCORES
    }

    private record Case(
            int batch,
            int heads,
            int keyHeads,
            int queries,
            int keys,
            int size,
            int valueSize,
            boolean causal,
            Hidden hidden) {
        Shape query() {
            return Shape.of(batch, heads, queries, size);
        }

        Shape key() {
            return Shape.of(batch, keyHeads, keys, size);
        }

        Shape value() {
            return Shape.of(batch, keyHeads, keys, valueSize);
        }
    }

    private static List<Case> cases() {
        return List.of(
                new Case(2, 3, 3, 128, 128, 32, 32, true, Hidden.NOTHING),
                new Case(1, 4, 2, 200, 333, 64, 48, false, Hidden.NOTHING),
                new Case(3, 2, 1, 97, 97, 5, 7, true, Hidden.NOTHING),
                new Case(1, 2, 2, 300, 300, 32, 32, true, Hidden.PADDING),
                new Case(2, 2, 1, 65, 193, 24, 40, true, Hidden.SCATTERED),
                new Case(2, 4, 4, 100, 210, 16, 16, false, Hidden.PADDING),
                new Case(1, 3, 3, 129, 97, 33, 17, false, Hidden.SCORES),
                new Case(1, 2, 2, 130, 60, 12, 12, true, Hidden.NOTHING),
                new Case(3, 6, 6, 1, 300, 32, 32, true, Hidden.NOTHING));
    }

    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    @TestFactory
    Stream<DynamicTest> agreesWithItsDefinitionInDoublePrecision() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            for (Case c : cases()) {
                tests.add(DynamicTest.dynamicTest(device.name() + c, () -> compare(device, c)));
            }
        }
        return tests.stream();
    }

    private static void compare(Device device, Case c) {
        List<HostArray> expected = run(Devices.of("cpu"), DType.F64, c);
        List<HostArray> actual = run(device, DType.F32, c);
        String[] names = {"output", "query's gradient", "key's gradient", "value's gradient"};
        for (int i = 0; i < names.length; i++) {
            double[] e = expected.get(i).toDoubles();
            double[] a = actual.get(i).toDoubles();
            double largest = Arrays.stream(e).map(Math::abs).max().orElse(0);
            // sums of some hundred products of numbers near 1, in F32
            double limit = 2e-5 * Math.max(1, largest);
            assertArrayEquals(e, a, limit, names[i]);
        }
    }

    private static List<HostArray> run(Device device, DType type, Case c) {
        try (var _ = Scope.open()) {
            // drawn in one place, so that all devices have the same numbers
            Device source = Devices.of("cpu");
            Generator random = new Generator(11);
            List<Tensor> inputs = new ArrayList<>();
            for (Shape shape : List.of(c.query(), c.key(), c.value())) {
                Tensor x = random.normal(source, shape).to(type).to(device);
                inputs.add(x.requireGradient());
            }
            Shape result = c.query().with(3, c.valueSize());
            Tensor seed = random.normal(source, result).to(type).to(device);
            AttentionOptions options = AttentionOptions.DEFAULT.withMask(mask(c, random, device));
            options = c.causal() ? options.withCausal() : options;
            Tensor y = inputs.get(0).attention(inputs.get(1), inputs.get(2), options);
            List<HostArray> all = new ArrayList<>();
            all.add(y.toHost());
            Autograd.gradients(y, seed, inputs, false).forEach(g -> all.add(g.toHost()));
            return all;
        }
    }

    private static Tensor mask(Case c, Generator random, Device device) {
        Device source = Devices.of("cpu");
        return switch (c.hidden()) {
            case NOTHING -> null;
            case PADDING -> {
                Tensor step = Tensor.arange(source, DType.I64, 0, c.keys(), 1);
                yield step.lt(c.keys() - 50).unsqueeze(0).to(device);
            }
            case SCATTERED -> {
                Shape shape = Shape.of(c.batch(), 1, c.queries(), c.keys());
                yield random.uniform(source, shape).gt(0.3).compute().to(device);
            }
            case SCORES ->
                    random.normal(source, Shape.of(c.heads(), c.queries(), c.keys())).to(device);
        };
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aQueryThatSeesNoKeyGivesZerosAndHasZerosForGradients(Device device) {
        try (var _ = Scope.open()) {
            Generator random = new Generator(3);
            Tensor q = random.normal(device, Shape.of(1, 2, 4, 8)).compute().requireGradient();
            Tensor k = random.normal(device, Shape.of(1, 2, 5, 8)).compute().requireGradient();
            Tensor nothing = Tensor.zeros(device, DType.BOOL, Shape.of(4, 5));
            Tensor y = q.attention(k, k, AttentionOptions.DEFAULT.withMask(nothing));
            y.sum().backward();
            assertArrayEquals(new float[64], y.toFloats());
            assertArrayEquals(new float[64], q.gradient().toFloats());
            assertArrayEquals(new float[80], k.gradient().toFloats());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void whatIsHiddenHasNoInfluence(Device device) {
        try (var _ = Scope.open()) {
            Generator random = new Generator(4);
            Tensor q = random.normal(device, Shape.of(1, 1, 6, 8)).compute();
            Tensor k = random.normal(device, Shape.of(1, 1, 6, 8)).compute();
            Tensor changed = Tensor.cat(2, k.narrow(2, 0, 5), k.narrow(2, 5, 1).mul(100));
            AttentionOptions causal = AttentionOptions.DEFAULT.withCausal();
            float[] before = q.attention(k, k, causal).narrow(2, 0, 5).toFloats();
            float[] after = q.attention(changed, changed, causal).narrow(2, 0, 5).toFloats();
            assertArrayEquals(before, after);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void dropoutKeepsTheMeanAndDropsTheSameAgain(Device device) {
        try (var _ = Scope.open()) {
            Tensor zeros = Tensor.zeros(device, DType.F32, Shape.of(8, 4, 64, 8));
            Tensor ones = zeros.onesLike();
            AttentionOptions first = AttentionOptions.DEFAULT.withDropout(0.25, new Generator(5));
            AttentionOptions again = AttentionOptions.DEFAULT.withDropout(0.25, new Generator(5));
            float[] y = zeros.attention(zeros, ones, first).toFloats();
            assertArrayEquals(y, zeros.attention(zeros, ones, again).toFloats());
            // equal weights of 64 keys: each output is the mean of 64 that are 0 or 4/3, and the
            // mean of 2048 of those has a deviation of 0.0016
            double mean = 0;
            for (float value : y) {
                mean += value;
            }
            assertEquals(1, mean / y.length, 0.01);
            assertTrue(y[0] != 1, "nothing was dropped");
        }
    }
}
