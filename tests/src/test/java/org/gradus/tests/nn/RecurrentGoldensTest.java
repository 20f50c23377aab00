package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.GRU;
import org.gradus.nn.GRUCell;
import org.gradus.nn.LSTM;
import org.gradus.nn.LSTMCell;
import org.gradus.nn.LSTMState;
import org.gradus.nn.Module;
import org.gradus.nn.Parameter;
import org.gradus.nn.RNN;
import org.gradus.nn.RNNCell;
import org.gradus.nn.Recurrent;
import org.gradus.nn.RecurrentCell;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.tests.conformance.WrappedDevice;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Recurrent networks and cells against PyTorch's, on every device, fused and plain; see
 * tests/goldens/recurrent.py.
 */
class RecurrentGoldensTest {
    private static final JsonNode GOLDENS = Waves.read("/goldens/nn/recurrent.json");
    private static final List<String> KINDS = List.of("rnn", "rnn.relu", "lstm", "gru");
    private static final int INITIAL = 90;
    private static final int OUTPUT = 100;
    private static final int FINAL = 101;

    /**
     * Where and how precisely to compute.
     *
     * @param limit of the error: the 12 digits that are stored, or sums of some hundred products of
     *     F32, step by step
     */
    private record Setting(Device device, DType dtype, double limit, String name) {
        Tensor wave(int k, int... sizes) {
            return Waves.wave(device, dtype, k, sizes);
        }

        static Stream<Setting> all() {
            return TestDevices.all().stream().flatMap(Setting::on);
        }

        private static Stream<Setting> on(Device device) {
            Device poisoned = WrappedDevice.poisoned(device);
            Device plain = WrappedDevice.withoutFamilies(device);
            // the plain definitions have no kernels of their own, which a part of the cases is of
            boolean both = !TestDevices.isSampled(device);
            return Stream.of(
                            new Setting(poisoned, DType.F32, 2e-5, device.name() + " fused"),
                            new Setting(plain, DType.F32, 2e-5, device.name() + " plain"),
                            new Setting(poisoned, DType.F64, 1e-10, device.name() + " f64"))
                    .filter(s -> TestDevices.precisions(device).contains(s.dtype()))
                    .filter(s -> both || s.device() == poisoned);
        }
    }

    /**
     * What runs.
     *
     * @param output null for a cell
     */
    private record Outcome(Tensor output, List<Tensor> state) {}

    @TestFactory
    Stream<DynamicTest> networksComputeWhatPyTorchComputes() {
        return tests(
                kind ->
                        List.of(
                                new Case(kind, network(kind, 3, 4), false, null, 2, 5, 3),
                                new Case(
                                        kind + ".smallest",
                                        network(kind, 1, 1),
                                        true,
                                        null,
                                        1,
                                        1,
                                        1),
                                new Case(
                                        kind + ".primes",
                                        network(kind, 7, 13),
                                        true,
                                        null,
                                        3,
                                        5,
                                        7),
                                new Case(
                                        kind + ".noBias",
                                        network(kind, 3, 4).withoutBias(),
                                        true,
                                        null,
                                        2,
                                        3,
                                        3),
                                new Case(
                                        kind + ".stepsFirst",
                                        network(kind, 3, 4).stepsFirst(),
                                        true,
                                        null,
                                        5,
                                        2,
                                        3),
                                new Case(
                                        kind + ".layers",
                                        network(kind, 3, 5).layers(3).dropout(0),
                                        true,
                                        null,
                                        2,
                                        4,
                                        3),
                                new Case(
                                        kind + ".bidirectional",
                                        network(kind, 3, 4).bidirectional().layers(2),
                                        true,
                                        null,
                                        2,
                                        4,
                                        3),
                                new Case(
                                        kind + ".lengths",
                                        network(kind, 3, 4),
                                        true,
                                        new long[] {3, 5, 1, 4},
                                        4,
                                        5,
                                        3),
                                new Case(
                                        kind + ".all",
                                        network(kind, 2, 3).layers(2).bidirectional(),
                                        true,
                                        new long[] {2, 5, 1, 4},
                                        4,
                                        6,
                                        2)));
    }

    @TestFactory
    Stream<DynamicTest> cellsComputeWhatPyTorchComputes() {
        return tests(
                kind ->
                        List.of(
                                new Case(kind + ".cell", cell(kind), true, null, 2, 3),
                                new Case(
                                        kind + ".cell.noBias",
                                        withoutBias(cell(kind)),
                                        false,
                                        null,
                                        2,
                                        3)));
    }

    @Test
    void everyGoldenIsCompared() {
        assertEquals(KINDS.size() * 11, GOLDENS.size());
    }

    private record Case(
            String name, Module module, boolean hasInitial, long[] lengths, int... input) {}

    private interface Cases {
        List<Case> of(String kind);
    }

    private static Stream<DynamicTest> tests(Cases cases) {
        return Setting.all()
                .flatMap(
                        setting ->
                                KINDS.stream()
                                        .flatMap(kind -> cases.of(kind).stream())
                                        .map(
                                                c ->
                                                        DynamicTest.dynamicTest(
                                                                c.name() + " " + setting.name(),
                                                                () -> check(c, setting))));
    }

    private static Recurrent<?, ?> network(String kind, int inputs, int hidden) {
        return switch (kind) {
            case "rnn" -> new RNN(inputs, hidden);
            case "rnn.relu" -> new RNN(inputs, hidden).relu();
            case "lstm" -> new LSTM(inputs, hidden);
            default -> new GRU(inputs, hidden);
        };
    }

    private static RecurrentCell<?> cell(String kind) {
        return switch (kind) {
            case "rnn" -> new RNNCell(3, 4);
            case "rnn.relu" -> new RNNCell(3, 4).relu();
            case "lstm" -> new LSTMCell(3, 4);
            default -> new GRUCell(3, 4);
        };
    }

    private static RecurrentCell<?> withoutBias(RecurrentCell<?> cell) {
        return switch (cell) {
            case RNNCell c -> c.withoutBias();
            case LSTMCell c -> c.withoutBias();
            case GRUCell c -> c.withoutBias();
        };
    }

    private static void check(Case c, Setting setting) {
        JsonNode expected = GOLDENS.get(c.name());
        try (var _ = Scope.open()) {
            Module module = c.module();
            module.initialize(setting.device(), 0);
            module.to(setting.dtype());
            fill(module, setting.dtype());
            Tensor x = setting.wave(0, c.input()).requireGradient();
            List<Tensor> initial = c.hasInitial() ? initial(c, setting) : null;
            Outcome outcome = run(module, x, initial, lengths(c, setting.device()));
            loss(outcome, setting).backward();

            List<String> keys = new ArrayList<>();
            expected.get("keys").fieldNames().forEachRemaining(keys::add);
            assertEquals(keys, List.copyOf(module.stateDict().keySet()), "keys of the state dict");
            if (outcome.output() != null) {
                compare(expected.get("output"), outcome.output(), setting, "output");
            }
            compareAll(expected.get("state"), outcome.state(), setting, "state");
            compare(expected.get("inputGradient"), x.gradient(), setting, "input's gradient");
            if (initial != null) {
                List<Tensor> gradients = initial.stream().map(Tensor::gradient).toList();
                compareAll(expected.get("initialGradients"), gradients, setting, "initial state's");
            }
            for (Map.Entry<String, Parameter> entry : module.parameters().entrySet()) {
                String key = entry.getKey();
                Parameter parameter = entry.getValue();
                assertEquals(
                        Waves.sizes(expected.get("keys").get(key)),
                        Arrays.stream(parameter.shape().sizes()).boxed().toList());
                compare(
                        expected.get("gradients").get(key),
                        parameter.gradient(),
                        setting,
                        "gradient of " + key);
            }
        }
    }

    private static void compareAll(
            JsonNode expected, List<Tensor> actual, Setting setting, String what) {
        assertEquals(expected.size(), actual.size(), what);
        for (int i = 0; i < actual.size(); i++) {
            compare(expected.get(i), actual.get(i), setting, what + " part " + i);
        }
    }

    private static void compare(JsonNode expected, Tensor actual, Setting setting, String what) {
        Waves.assertClose(expected, actual.toHost(), setting.limit(), what);
    }

    private static Tensor loss(Outcome outcome, Setting setting) {
        Tensor loss = Tensor.zeros(setting.device(), setting.dtype(), Shape.scalar());
        if (outcome.output() != null) {
            loss = loss.add(weighted(outcome.output(), OUTPUT, setting));
        }
        for (int i = 0; i < outcome.state().size(); i++) {
            loss = loss.add(weighted(outcome.state().get(i), FINAL + i, setting));
        }
        return loss;
    }

    private static Tensor weighted(Tensor x, int k, Setting setting) {
        return x.mul(setting.wave(k, x.shape().sizes())).sum();
    }

    private static Outcome run(Module module, Tensor x, List<Tensor> initial, Tensor lengths) {
        Tensor one = initial == null ? null : initial.getFirst();
        LSTMState both = initial == null ? null : new LSTMState(one, initial.getLast());
        return switch (module) {
            case LSTM m -> {
                var result = m.apply(x, both, lengths);
                yield new Outcome(result.output(), parts(result.state()));
            }
            case RNN m -> {
                var result = m.apply(x, one, lengths);
                yield new Outcome(result.output(), List.of(result.state()));
            }
            case GRU m -> {
                var result = m.apply(x, one, lengths);
                yield new Outcome(result.output(), List.of(result.state()));
            }
            case LSTMCell m -> new Outcome(null, parts(m.apply(x, both)));
            case RNNCell m -> new Outcome(null, List.of(m.apply(x, one)));
            case GRUCell m -> new Outcome(null, List.of(m.apply(x, one)));
            default -> throw new AssertionError(module);
        };
    }

    private static List<Tensor> parts(LSTMState state) {
        return List.of(state.hidden(), state.cell());
    }

    private static List<Tensor> initial(Case c, Setting setting) {
        Map<String, Parameter> parameters = c.module().parameters();
        boolean single = c.module() instanceof RecurrentCell<?>;
        int hidden = parameters.get(single ? "weight_hh" : "weight_hh_l0").shape().size(1);
        long directions =
                parameters.keySet().stream().filter(k -> k.startsWith("weight_hh")).count();
        int batch = c.input()[c.name().endsWith("stepsFirst") ? 1 : 0];
        int[] sizes =
                single
                        ? new int[] {batch, hidden}
                        : new int[] {Math.toIntExact(directions), batch, hidden};
        boolean two = c.module() instanceof LSTM || c.module() instanceof LSTMCell;
        List<Tensor> initial = new ArrayList<>();
        for (int i = 0; i < (two ? 2 : 1); i++) {
            initial.add(setting.wave(INITIAL + i, sizes).requireGradient());
        }
        return initial;
    }

    private static Tensor lengths(Case c, Device device) {
        return c.lengths() == null
                ? null
                : Tensor.of(HostArray.of(c.lengths(), Shape.of(c.lengths().length)), device);
    }

    private static void fill(Module module, DType dtype) {
        Map<String, HostArray> state = new LinkedHashMap<>();
        int k = 1;
        for (Map.Entry<String, Parameter> entry : module.parameters().entrySet()) {
            HostArray wave = Waves.wave(k++, DType.F64, entry.getValue().shape());
            double[] halves = wave.toDoubles();
            for (int i = 0; i < halves.length; i++) {
                halves[i] *= 0.5;
            }
            HostArray half = HostArray.of(halves, wave.shape());
            state.put(entry.getKey(), dtype == DType.F64 ? half : rounded(half));
        }
        assertTrue(k > 2);
        module.loadStateDict(state);
    }

    private static HostArray rounded(HostArray values) {
        return HostArray.of(values.toFloats(), values.shape());
    }
}
