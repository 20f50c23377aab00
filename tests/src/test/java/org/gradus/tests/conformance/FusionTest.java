package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Work that was put off and fused gives what it would have given at once. */
class FusionTest {
    /** Each node that is read is a kernel of its own, which some devices must compile. */
    private static final List<Integer> GRAPHS = IntStream.range(0, 25).boxed().toList();

    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    // ---- random graphs

    @TestFactory
    Stream<DynamicTest> randomGraphsGiveTheSameFusedAsOneByOne() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            List<Integer> graphs = TestDevices.cases(device, GRAPHS, 10);
            Rehearsal.of(device, graphs.stream().map(FusionTest::rehearsal));
            for (int graph : graphs) {
                String name = device.name() + ": graph " + graph;
                tests.add(DynamicTest.dynamicTest(name, () -> compare(device, graph)));
            }
        }
        return tests.stream();
    }

    private static Consumer<Device> rehearsal(int seed) {
        return device -> {
            run(device, seed, x -> x);
            run(device, seed, Tensor::compute);
        };
    }

    private static void compare(Device device, int seed) {
        int live = Storages.count();
        List<float[]> fused = run(device, seed, x -> x);
        List<float[]> eager = run(device, seed, Tensor::compute);
        assertEquals(eager.size(), fused.size());
        for (int i = 0; i < eager.size(); i++) {
            // the same operations in the same type; a fused kernel may contract products and sums
            for (int j = 0; j < eager.get(i).length; j++) {
                float expected = eager.get(i)[j];
                float limit = 2e-5f * (1 + Math.abs(expected));
                assertEquals(expected, fused.get(i)[j], limit, "result " + i + ", element " + j);
            }
        }
        Storages.assertAtMost(live);
    }

    /** Returns the values of a random graph's nodes, and its gradients. */
    private static List<float[]> run(Device device, int seed, UnaryOperator<Tensor> each) {
        Random random = new Random(seed);
        try (var _ = Scope.open()) {
            List<Tensor> nodes = new ArrayList<>();
            for (int[] sizes : new int[][] {{3, 5}, {5}, {3, 1}, {}}) {
                Shape shape = Shape.of(sizes);
                float[] values = new float[(int) shape.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat(-1, 1);
                }
                nodes.add(Tensor.of(HostArray.of(values, shape), device).requireGradient());
            }
            List<Tensor> inputs = List.copyOf(nodes);
            int count = 5 + random.nextInt(40);
            for (int i = 0; i < count; i++) {
                nodes.add(each.apply(step(random, nodes)));
            }
            Tensor total = nodes.getLast();
            for (int i = 0; i < 4; i++) {
                total = each.apply(total.mul(0.5).add(pick(random, nodes)));
            }
            Tensor loss = total.tanh().sum();
            List<float[]> results = new ArrayList<>();
            results.add(loss.toFloats());
            for (Tensor gradient : Autograd.gradients(loss, inputs)) {
                results.add(gradient.toFloats());
            }
            nodes.forEach(node -> results.add(node.toFloats()));
            return results;
        }
    }

    private static Tensor pick(Random random, List<Tensor> nodes) {
        // mostly recent ones, so that graphs are deep; often the same one, so that it is shared
        int back = Math.min(nodes.size(), 1 + (int) Math.abs(random.nextGaussian() * 4));
        return nodes.get(nodes.size() - back);
    }

    /** Applies a random function whose values and slopes stay moderate. */
    private static Tensor step(Random random, List<Tensor> nodes) {
        Tensor a = pick(random, nodes);
        Tensor b = pick(random, nodes);
        return switch (random.nextInt(16)) {
            case 0 -> a.add(b).mul(0.5);
            case 1 -> a.sub(b);
            case 2 -> a.mul(b.tanh());
            case 3 -> a.div(b.square().add(1));
            case 4 -> a.maximum(b);
            case 5 -> a.gt(0.1).where(a, b);
            case 6 -> a.tanh();
            case 7 -> a.sigmoid().mul(b);
            case 8 -> a.sin();
            case 9 -> a.clamp(-2, 2).exp().mul(0.25);
            case 10 -> a.rank() > 0 ? a.meanKeeping(-1) : a.neg();
            case 11 -> a.rank() > 1 ? a.mean(0) : a.abs().add(1).log();
            case 12 -> a.rank() > 0 ? a.sub(a.amaxKeeping(-1)) : a.sqrt().isNaN().where(b, a);
            case 13 -> a.rank() > 1 ? a.mT().mul(0.5).mT() : a.gelu();
            case 14 -> a.to(DType.F64).mul(0.3).to(DType.F32);
            default -> a.square().add(1).rsqrt();
        };
    }

    // ---- writes in place

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void pendingWorkSeesTheValuesFromBeforeAWriteInPlace(Device device) {
        try (var _ = Scope.open()) {
            Tensor x = ones(device, 7);
            Tensor pending = x.mul(2).add(1);
            Tensor behindAView = x.narrow(0, 2, 3).mul(10);
            x.fillInPlace(100);
            assertArrayEquals(filled(7, 3), pending.toFloats());
            assertArrayEquals(filled(3, 10), behindAView.toFloats());
            assertArrayEquals(filled(7, 100), x.toFloats());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void pendingWorkOnPendingWorkSeesTheValuesFromBefore(Device device) {
        try (var _ = Scope.open()) {
            Tensor x = ones(device, 5).add(1);
            Tensor y = x.mul(3);
            x.fillInPlace(0);
            assertArrayEquals(filled(5, 6), y.toFloats());
            assertArrayEquals(filled(5, 0), x.toFloats());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aWriteThroughAViewIsSeenByTheWhole(Device device) {
        try (var _ = Scope.open()) {
            Tensor x = ones(device, 4);
            Tensor pending = x.add(1);
            x.narrow(0, 1, 2).fillInPlace(9);
            assertArrayEquals(filled(4, 2), pending.toFloats());
            assertArrayEquals(new float[] {1, 9, 9, 1}, x.toFloats());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aTensorMayBeAssignedFromItself(Device device) {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.arange(device, DType.F32, 0, 6, 1).compute();
            x.assign(x.flip(0));
            assertArrayEquals(new float[] {5, 4, 3, 2, 1, 0}, x.toFloats());
            x.assign(x.add(x.flip(0)));
            assertArrayEquals(filled(6, 5), x.toFloats());
            x.addInPlace(x).mulInPlace(0.5);
            assertArrayEquals(filled(6, 5), x.toFloats());
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void workThatWasReleasedIsNotComputedBeforeAWrite(Device device) {
        try (var _ = Scope.open()) {
            Tensor x = ones(device, 3);
            Tensor abandoned = x.mul(2);
            abandoned.release();
            x.fillInPlace(4);
            assertArrayEquals(filled(3, 4), x.toFloats());
        }
    }

    // ---- how much is fused

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aChainIsOneKernelAndASumTakesItAlong(Device device) {
        AtomicInteger maps = new AtomicInteger();
        Device counting = counting(device, maps);
        try (var _ = Scope.open()) {
            Tensor x = ones(counting, 11);
            x.mul(2).add(1).tanh().sub(x).compute();
            assertKernels(1, maps.getAndSet(0), "a chain");
            x.mul(2).add(1).tanh().sum().compute();
            assertKernels(0, maps.getAndSet(0), "what a sum takes along");
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void theBackwardPassOfAChainIsFused(Device device) {
        AtomicInteger maps = new AtomicInteger();
        Device counting = counting(device, maps);
        try (var _ = Scope.open()) {
            Tensor x = ones(counting, 11).requireGradient();
            Tensor loss = x.mul(2).add(1).mul(3).sub(1).square().sum();
            Autograd.gradients(loss, List.of(x)).getFirst().compute();
            assertKernels(2, maps.get(), "a backward pass");
        }
    }

    /** Without fusion each function is a kernel. */
    private static void assertKernels(int most, int actual, String what) {
        boolean fused = !"off".equals(System.getProperty("gradus.fusion"));
        assertTrue(fused ? actual <= most : actual >= 3, "kernels of " + what + ": " + actual);
    }

    private static Device counting(Device device, AtomicInteger maps) {
        return (Device)
                Proxy.newProxyInstance(
                        Device.class.getClassLoader(),
                        new Class<?>[] {Device.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("map")) {
                                maps.incrementAndGet();
                            }
                            try {
                                return method.invoke(device, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private static Tensor ones(Device device, int size) {
        return Tensor.ones(device, DType.F32, Shape.of(size));
    }

    private static float[] filled(int size, float value) {
        float[] result = new float[size];
        Arrays.fill(result, value);
        return result;
    }
}
