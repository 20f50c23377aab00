package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.dtype.DType;
import org.gradus.nn.GRU;
import org.gradus.nn.GRUCell;
import org.gradus.nn.LSTM;
import org.gradus.nn.LSTMCell;
import org.gradus.nn.LSTMState;
import org.gradus.nn.Layer;
import org.gradus.nn.Parameter;
import org.gradus.nn.RNN;
import org.gradus.nn.Recurrent;
import org.gradus.nn.RecurrentResult;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.tests.conformance.WrappedDevice;
import org.gradus.tests.gradients.GradientCheck;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What recurrent networks do besides what PyTorch's numbers show, on every device. */
class RecurrentTest {
    static Stream<Device> devices() {
        return TestDevices.all().stream();
    }

    private static Tensor lengths(Device device, long... values) {
        return Tensor.of(HostArray.of(values, Shape.of(values.length)), device);
    }

    private static Tensor random(Device device, long seed, int... sizes) {
        return new Generator(seed).normal(device, Shape.of(sizes)).compute();
    }

    /** Sizes that are cut in all directions: into parts of the depth, rows and units. */
    @TestFactory
    Stream<DynamicTest> largeSequencesAreWhatTheyAreInDoublePrecision() {
        record Size(int steps, int batch, int hidden) {}
        List<Size> sizes = List.of(new Size(3, 2, 339), new Size(2, 131, 70), new Size(9, 33, 128));
        return devices()
                .flatMap(
                        device ->
                                Arrays.stream(Cell.values())
                                        .flatMap(
                                                cell ->
                                                        sizes.stream()
                                                                .map(
                                                                        s ->
                                                                                large(
                                                                                        device,
                                                                                        cell,
                                                                                        s.steps(),
                                                                                        s.batch(),
                                                                                        s
                                                                                                .hidden()))));
    }

    private static DynamicTest large(Device device, Cell cell, int steps, int batch, int hidden) {
        return DynamicTest.dynamicTest(
                "%s %s [%d, %d, %d]".formatted(device.name(), cell, steps, batch, hidden),
                () -> {
                    try (var _ = Scope.open()) {
                        int wide = cell.gates() * hidden;
                        long[] ends = new long[batch];
                        Arrays.setAll(ends, i -> i % 7 == 0 ? steps - 1 : steps);
                        List<Tensor> inputs =
                                List.of(
                                        random(device, 1, steps, batch, wide),
                                        random(device, 2, wide, hidden).div(Math.sqrt(hidden)),
                                        random(device, 3, cell.states(), batch, hidden),
                                        random(device, 4, wide));
                        Tensor weights = random(device, 5, cell.states(), steps, batch, hidden);
                        Function<Device, List<HostArray>> run =
                                d -> recurrence(d, cell, inputs, weights, ends);
                        List<HostArray> actual = run.apply(WrappedDevice.poisoned(device));
                        List<HostArray> expected = run.apply(Device.of("cpu"));
                        for (int i = 0; i < expected.size(); i++) {
                            assertNear(expected.get(i), actual.get(i), "result " + i);
                        }
                    }
                });
    }

    /** In F64 on the CPU, the plain definition; elsewhere in F32. */
    private static List<HostArray> recurrence(
            Device device, Cell cell, List<Tensor> values, Tensor weights, long[] ends) {
        boolean reference = !(device instanceof WrappedDevice);
        DType type = reference ? DType.F64 : DType.F32;
        List<Tensor> x =
                values.stream()
                        .map(v -> Tensor.of(v.toHost(), device).to(type).compute())
                        .map(Tensor::requireGradient)
                        .toList();
        Tensor states =
                x.get(0)
                        .recurrence(
                                cell, x.get(1), x.get(3), x.get(2), lengths(device, ends), true);
        Tensor seed = Tensor.of(weights.toHost(), device).to(type);
        List<Tensor> gradients = Autograd.gradients(states, seed, x, false);
        return Stream.concat(Stream.of(states), gradients.stream()).map(Tensor::toHost).toList();
    }

    /** To a hundred units of rounding of the largest element: sums of a few hundred terms. */
    private static void assertNear(HostArray expected, HostArray actual, String what) {
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        double limit = 1e-5 * Math.max(1, Arrays.stream(e).map(Math::abs).max().orElse(0));
        assertArrayEquals(e, a, limit, what);
    }

    @TestFactory
    Stream<DynamicTest> gradientsAreTheSlopes() {
        return devices()
                .filter(device -> device.capabilities().dtypes().contains(DType.F64))
                .flatMap(
                        device ->
                                Stream.of(
                                                new RNN(3, 4).layers(2),
                                                new LSTM(3, 4).bidirectional(),
                                                new GRU(3, 4).layers(2).bidirectional())
                                        .map(network -> slopes(device, network)));
    }

    private static DynamicTest slopes(Device device, Recurrent<?, ?> network) {
        return DynamicTest.dynamicTest(
                network + " " + device.name(),
                () -> {
                    network.initialize(device, 5);
                    network.to(DType.F64);
                    Tensor lengths = lengths(device, 4, 2);
                    GradientCheck check =
                            GradientCheck.of(
                                    device,
                                    x -> network.apply(x.getFirst(), null, lengths).output(),
                                    new int[] {2, 4, 3});
                    check.firstOrder();
                    check.secondOrder();
                });
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void gradientsOfSecondOrderAreThoseOfThePlainDefinition(Device device) {
        List<float[]> fused = penalty(device);
        List<float[]> plain = penalty(WrappedDevice.withoutFamilies(device));
        for (int i = 0; i < plain.size(); i++) {
            assertArrayEquals(plain.get(i), fused.get(i), 1e-5f, "gradient " + i);
        }
    }

    private static List<float[]> penalty(Device device) {
        try (var _ = Scope.open()) {
            LSTM lstm = new LSTM(3, 5);
            lstm.initialize(device, 1);
            Tensor x = random(device, 2, 2, 4, 3).requireGradient();
            Tensor sum = lstm.apply(x).output().square().sum();
            Tensor gradient = Autograd.gradients(sum, null, List.of(x), true).getFirst();
            gradient.square().sum().backward();
            return lstm.parameters().values().stream().map(p -> p.gradient().toFloats()).toList();
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void piecesWithTheStatePassedOnAreTheWholeAndKeepGradientsApart(Device device) {
        LSTM lstm = new LSTM(3, 6).layers(2);
        lstm.initialize(device, 1);
        Tensor x = random(device, 2, 4, 10, 3).requireGradient();
        RecurrentResult<LSTMState> whole = lstm.apply(x);
        RecurrentResult<LSTMState> first = lstm.apply(x.narrow(1, 0, 6));
        RecurrentResult<LSTMState> second = lstm.apply(x.narrow(1, 6, 4), first.state().detach());
        float[] expected = whole.output().toFloats();
        float[] joined = Tensor.cat(1, first.output(), second.output()).toFloats();
        assertArrayEquals(expected, joined, 1e-6f);
        float[] cell = whole.state().cell().toFloats();
        assertArrayEquals(cell, second.state().cell().toFloats(), 1e-6f);
        second.output().sum().backward();
        float[] gradient = x.gradient().toFloats();
        for (int i = 0; i < gradient.length; i++) {
            boolean early = i / 3 % 10 < 6;
            assertEquals(early, gradient[i] == 0, "gradient of element " + i);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void truncatedBackpropagationLeavesNoMemoryBehind(Device device) {
        LSTM lstm = new LSTM(2, 5);
        lstm.initialize(device, 1);
        LSTMState state = null;
        int live = 0;
        for (int piece = 0; piece < 6; piece++) {
            LSTMState before = state;
            try (var _ = Scope.open()) {
                var result = lstm.apply(random(device, piece, 3, 4, 2), before);
                result.output().sum().backward();
                lstm.parameters().values().forEach(p -> p.value().clearGradient());
                state = result.state().detach().keep();
            }
            if (before != null) {
                before.release();
            }
            // what other tests left behind may vanish meanwhile, so the number can only fall
            int now = Tensor.liveStorages();
            assertTrue(piece == 0 || now <= live, (now - live) + " blocks were left");
            live = now;
        }
        assertFalse(state.hidden().isReleased());
        state.release();
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void paddingDoesNotMatter(Device device) {
        GRU gru = new GRU(2, 5).layers(2).bidirectional();
        gru.initialize(device, 1);
        long[] ends = {3, 0, 7, 1, 20};
        Tensor x = random(device, 3, 5, 7, 2);
        Tensor initial = random(device, 4, 4, 5, 5);
        Tensor step = Tensor.arange(device, DType.I64, 0, 7, 1);
        Tensor valid = step.lt(lengths(device, ends).unsqueeze(1)).unsqueeze(2);
        var some = gru.apply(x, initial, lengths(device, ends));
        var other = gru.apply(valid.where(x, 1e6), initial, lengths(device, ends));
        assertArrayEquals(some.output().toFloats(), other.output().toFloats());
        assertArrayEquals(some.state().toFloats(), other.state().toFloats());
        for (int i = 0; i < ends.length; i++) {
            int length = (int) Math.min(7, ends[i]);
            Tensor own = initial.narrow(1, i, 1);
            var alone = gru.apply(x.narrow(0, i, 1).narrow(1, 0, length), own);
            float[] expected = alone.output().pad(0, 0, 0, 0, 7 - length).toFloats();
            assertArrayEquals(expected, some.output().select(0, i).toFloats(), 1e-6f);
            float[] state = alone.state().toFloats();
            assertArrayEquals(state, some.state().narrow(1, i, 1).toFloats(), 1e-6f);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aCellStepsAsTheNetworkDoes(Device device) {
        LSTM lstm = new LSTM(3, 4);
        LSTMCell cell = new LSTMCell(3, 4);
        lstm.initialize(device, 1);
        cell.initialize(device, 2);
        Map<String, HostArray> state = lstm.stateDict();
        cell.loadStateDict(
                Map.of(
                        "weight_ih", state.get("weight_ih_l0"),
                        "weight_hh", state.get("weight_hh_l0"),
                        "bias_ih", state.get("bias_ih_l0"),
                        "bias_hh", state.get("bias_hh_l0")));
        Tensor x = random(device, 3, 2, 5, 3);
        LSTMState last = null;
        for (int step = 0; step < 5; step++) {
            last = last == null ? cell.apply(x.select(1, 0)) : cell.apply(x.select(1, step), last);
        }
        var whole = lstm.apply(x);
        assertArrayEquals(whole.state().hidden().toFloats(), last.hidden().toFloats(), 1e-6f);
        assertArrayEquals(whole.state().cell().toFloats(), last.cell().toFloats(), 1e-6f);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void dropoutActsBetweenLayersWhileTraining(Device device) {
        GRU dropping = new GRU(3, 8).layers(2).dropout(0.5);
        GRU plain = new GRU(3, 8).layers(2);
        dropping.initialize(device, 1);
        plain.initialize(device, 1);
        Tensor x = random(device, 2, 2, 4, 3);
        float[] expected = plain.apply(x).output().toFloats();
        float[] first = dropping.apply(x).output().toFloats();
        float[] second = dropping.apply(x).output().toFloats();
        assertFalse(Arrays.equals(expected, first));
        assertFalse(Arrays.equals(first, second));
        // the first layer is not touched
        assertArrayEquals(
                plain.apply(x).state().select(0, 0).toFloats(),
                dropping.apply(x).state().select(0, 0).toFloats());
        dropping.eval();
        assertArrayEquals(expected, dropping.apply(x).output().toFloats());
        assertEquals(plain.stateDict().keySet(), dropping.stateDict().keySet());
    }

    @Test
    void parametersStartWithinTheBound() {
        LSTM lstm = new LSTM(3, 25);
        lstm.initialize(Device.of("cpu"), 1);
        for (Parameter parameter : lstm.parameters().values()) {
            float[] values = parameter.value().toFloats();
            for (float value : values) {
                assertTrue(Math.abs(value) <= 0.2f, parameter.name() + " has " + value);
            }
            assertTrue(parameter.value().flatten().std(0).item() > 0.05, parameter.name());
        }
    }

    private static final class Reader extends Layer {
        private final GRU gru = module("encoder", new GRU(3, 4));

        @Override
        protected Tensor forward(Tensor x) {
            return gru.apply(x).output();
        }
    }

    @Test
    void mistakesAreNamedWithTheLayerAndTheShapes() {
        Device device = Device.of("cpu");
        refuses(
                () -> new Reader().apply(random(device, 1, 2, 5, 7)),
                "encoder: GRU",
                "[2, 5, 7]",
                "[batch, steps, 3]");
        LSTM lstm = new LSTM(3, 4).layers(2).stepsFirst();
        Tensor x = random(device, 1, 5, 2, 3);
        Tensor state = random(device, 2, 2, 3, 4);
        refuses(() -> lstm.apply(state.select(0, 0)), "LSTM", "[3, 4]", "[steps, batch, 3]");
        refuses(
                () -> lstm.apply(x, new LSTMState(state, state)),
                "LSTM",
                "[2, 3, 4]",
                "[2, 2, 4]",
                "[5, 2, 3]");
        refuses(() -> lstm.apply(x, null, lengths(device, 1, 2, 3)), "LSTM", "[3]", "[5, 2, 3]");
        GRUCell cell = new GRUCell(3, 4);
        refuses(() -> cell.apply(x), "GRUCell", "[5, 2, 3]", "[batch, 3]");
        refuses(
                () -> cell.apply(x.select(0, 0), state.select(0, 0)),
                "GRUCell",
                "[3, 4]",
                "[2, 4]");
        assertThrows(IllegalArgumentException.class, () -> new RNN(3, 0));
        assertThrows(IllegalArgumentException.class, () -> new RNN(3, 4).layers(0));
        assertThrows(IllegalArgumentException.class, () -> new RNN(3, 4).dropout(1.5));
        assertThrows(IllegalStateException.class, lstm::bidirectional);
    }

    private static void refuses(Runnable work, String... words) {
        TensorException error = assertThrows(TensorException.class, work::run);
        for (String word : words) {
            assertTrue(error.getMessage().contains(word), word + " not in " + error.getMessage());
        }
    }

    @Test
    void aSummaryShowsTheShapes() {
        String summary = new Reader().summary(Shape.of(2, 5, 3));
        assertTrue(summary.contains("GRU(3, 4)"), summary);
        assertTrue(summary.contains("[2, 5, 4]"), summary);
        String all = new RNN(3, 4).relu().layers(2).bidirectional().dropout(0.1).toString();
        assertEquals("RNN(3, 4, layers 2, relu, bidirectional, dropout 0.1)", all);
    }
}
