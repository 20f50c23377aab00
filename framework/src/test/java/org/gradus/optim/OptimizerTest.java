package org.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.ReferenceDevice;
import org.gradus.dtype.DType;
import org.gradus.nn.Initializer;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.Parameter;
import org.gradus.nn.Sequential;
import org.gradus.nn.Sigmoid;
import org.gradus.nn.Tanh;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Optimizers against PyTorch's; see tests/goldens/optimizers.py. */
class OptimizerTest {
    private static final int SIZE = 5;

    private final Device device = new ReferenceDevice();

    /** A single vector that is learned. */
    private static final class Vector extends Layer {
        private final Parameter value = parameter("value", Shape.of(SIZE), Initializer.zeros());

        @Override
        protected Tensor forward(Tensor x) {
            return x.mul(value.value());
        }
    }

    private Vector vector(DType type) {
        Vector vector = new Vector();
        vector.initialize(device, 0);
        vector.to(type);
        vector.value.set(of(Math::sin));
        return vector;
    }

    private Tensor of(IntToDoubleFunction element) {
        double[] values = IntStream.range(0, SIZE).mapToDouble(element).toArray();
        return Tensor.of(HostArray.of(values, Shape.of(SIZE)), device);
    }

    private static void step(Optimizer optimizer, Vector vector, Tensor gradient) {
        vector.value.value().setGradient(gradient.to(vector.value.dtype()));
        optimizer.step();
    }

    private Tensor gradient(int step) {
        return of(i -> Math.cos(step + 0.5 * i) * (1 + 0.1 * step));
    }

    static JsonNode goldens(String section) throws IOException {
        try (var stream = OptimizerTest.class.getResourceAsStream("optimizers.json")) {
            return new JsonMapper().readTree(stream).get(section);
        }
    }

    @TestFactory
    Stream<DynamicTest> tenStepsLeadWherePyTorchsDo() throws IOException {
        JsonNode goldens = goldens("optimizers");
        Map<String, UpdateRule> rules = new LinkedHashMap<>();
        rules.put("sgd", SGD.withLearningRate(0.1));
        rules.put("sgd.momentum", SGD.withLearningRate(0.1).withMomentum(0.9).withDampening(0.2));
        rules.put(
                "sgd.nesterov",
                SGD.withLearningRate(0.1).withNesterovMomentum(0.9).withWeightDecay(0.05));
        rules.put("adam", Adam.withLearningRate(0.01));
        rules.put(
                "adam.decay",
                Adam.withLearningRate(0.01)
                        .withBetas(0.8, 0.95)
                        .withEpsilon(1e-4)
                        .withWeightDecay(0.1));
        rules.put("adamW", AdamW.withLearningRate(0.01).withWeightDecay(0.1));
        rules.put("rmsProp", RMSProp.withLearningRate(0.01));
        rules.put(
                "rmsProp.momentum",
                RMSProp.withLearningRate(0.01)
                        .withAlpha(0.9)
                        .withMomentum(0.5)
                        .centering()
                        .withWeightDecay(0.1));
        rules.put("adagrad", Adagrad.withLearningRate(0.1));
        rules.put(
                "adagrad.decay",
                Adagrad.withLearningRate(0.1).withLearningRateDecay(0.1).withWeightDecay(0.1));
        rules.put("lion", Lion.withLearningRate(0.01).withWeightDecay(0.3));
        rules.put("adam.amsgrad", Adam.withLearningRate(0.01).withBetas(0.9, 0.7).withAmsgrad());
        rules.put("adamW.amsgrad", AdamW.withLearningRate(0.01).withBetas(0.9, 0.7).withAmsgrad());
        rules.put("adadelta", Adadelta.withLearningRate(0.5).withRho(0.8).withWeightDecay(0.1));
        rules.put("nAdam", NAdam.withLearningRate(0.01).withWeightDecay(0.1));
        rules.put("rAdam", RAdam.withLearningRate(0.01).withWeightDecay(0.1));
        rules.put("lamb", LAMB.withLearningRate(0.01).withWeightDecay(0.02));
        assertEquals(goldens.size(), rules.size());
        return rules.entrySet().stream()
                .flatMap(
                        rule ->
                                Stream.of(DType.F64, DType.F32)
                                        .map(type -> test(rule, type, goldens)));
    }

    private DynamicTest test(Map.Entry<String, UpdateRule> rule, DType type, JsonNode goldens) {
        return DynamicTest.dynamicTest(
                rule.getKey() + " " + type,
                () -> check(rule.getValue(), type, goldens.get(rule.getKey())));
    }

    private void check(UpdateRule rule, DType type, JsonNode expected) {
        // ten steps of F32 rounding, of values of about 1
        double tolerance = type == DType.F64 ? 1e-12 : 2e-6;
        Vector vector = vector(type);
        Optimizer optimizer = new Optimizer(vector.parameters(), rule);
        for (int step = 1; step <= 10; step++) {
            step(optimizer, vector, gradient(step));
        }
        assertEquals(10, optimizer.steps());
        assertClose(expected.get("parameter"), vector.value.value().toHost(), tolerance);
        Map<String, HostArray> state = optimizer.stateDict();
        assertEquals(10, state.get("value.step").getLong(0));
        for (String name : rule.states()) {
            assertClose(expected.get("states").get(name), state.get("value." + name), tolerance);
        }
    }

    private static void assertClose(JsonNode expected, HostArray actual, double tolerance) {
        for (int i = 0; i < SIZE; i++) {
            assertEquals(expected.get(i).asDouble(), actual.get(i), tolerance);
        }
    }

    @Test
    void aSavedOptimizerGoesOnAsIfItHadNotStopped() {
        UpdateRule rule = AdamW.withLearningRate(0.01);
        Vector straight = vector(DType.F32);
        Optimizer through = new Optimizer(straight.parameters(), rule);
        for (int step = 1; step <= 6; step++) {
            step(through, straight, gradient(step));
        }
        Vector before = vector(DType.F32);
        Optimizer first = new Optimizer(before.parameters(), rule);
        for (int step = 1; step <= 3; step++) {
            step(first, before, gradient(step));
        }
        Vector after = vector(DType.F32);
        after.loadStateDict(before.stateDict());
        Optimizer second = new Optimizer(after.parameters(), rule);
        second.loadStateDict(first.stateDict());
        for (int step = 4; step <= 6; step++) {
            step(second, after, gradient(step));
        }
        assertArrayEquals(straight.value.value().toFloats(), after.value.value().toFloats());
    }

    @Test
    void statesThatDoNotFitAreRefused() {
        Vector vector = vector(DType.F32);
        Optimizer adam = new Optimizer(vector.parameters(), Adam.withLearningRate(0.1));
        step(adam, vector, gradient(1));
        Map<String, HostArray> saved = adam.stateDict();
        Optimizer sgd = new Optimizer(vector.parameters(), SGD.withLearningRate(0.1));
        var unknown = assertThrows(TensorException.class, () -> sgd.loadStateDict(saved));
        assertTrue(unknown.getMessage().contains("'value.exp_avg'"), unknown.getMessage());
        var partial = new LinkedHashMap<>(saved);
        partial.remove("value.exp_avg_sq");
        var missing = assertThrows(TensorException.class, () -> adam.loadStateDict(partial));
        assertTrue(missing.getMessage().contains("'value.exp_avg_sq' is missing"));
    }

    @Test
    void groupsHaveRatesInProportion() {
        Linear linear = new Linear(2, 2);
        linear.initialize(device, 0);
        float[] weight = linear.weight().value().toFloats();
        float[] bias = linear.bias().value().toFloats();
        Optimizer optimizer =
                new Optimizer(
                        ParameterGroup.split(
                                linear.parameters(),
                                (name, _) -> name.equals("weight"),
                                SGD.withLearningRate(0.1),
                                SGD.withLearningRate(0.2)));
        optimizer.setLearningRate(0.5);
        assertEquals(0.5, optimizer.learningRate());
        linear.weight().value().setGradient(linear.weight().value().onesLike());
        linear.bias().value().setGradient(linear.bias().value().onesLike());
        optimizer.step();
        assertEquals(weight[0] - 0.5, linear.weight().value().toFloats()[0], 1e-6);
        assertEquals(bias[0] - 1.0, linear.bias().value().toFloats()[0], 1e-6);
        optimizer.schedule(Schedule.exponential(0.5), 1);
        assertEquals(0.05, optimizer.learningRate());
    }

    @Test
    void vectorsDoNotDecay() {
        Linear linear = new Linear(2, 2);
        linear.initialize(device, 0);
        float[] weight = linear.weight().value().toFloats();
        float[] bias = linear.bias().value().toFloats();
        UpdateRule rule = AdamW.withLearningRate(0.1).withWeightDecay(0.5);
        Optimizer optimizer =
                new Optimizer(ParameterGroup.withoutDecayOfVectors(linear.parameters(), rule));
        linear.weight().value().setGradient(linear.weight().value().zerosLike());
        linear.bias().value().setGradient(linear.bias().value().zerosLike());
        optimizer.step();
        assertEquals(weight[0] * 0.95, linear.weight().value().toFloats()[0], 1e-6);
        assertArrayEquals(bias, linear.bias().value().toFloats());
    }

    @Test
    void parametersWithoutGradientAndFrozenOnesStay() {
        Linear linear = new Linear(2, 2);
        linear.initialize(device, 0);
        float[] bias = linear.bias().value().toFloats();
        Optimizer optimizer = new Optimizer(linear.parameters(), Adam.withLearningRate(0.1));
        linear.weight().value().setGradient(linear.weight().value().onesLike());
        optimizer.step();
        assertArrayEquals(bias, linear.bias().value().toFloats());
        assertEquals(3, optimizer.stateDict().size());
        optimizer.clearGradients();
        float[] weight = linear.weight().value().toFloats();
        optimizer.step();
        assertArrayEquals(weight, linear.weight().value().toFloats());
    }

    @Test
    void clippingByNormScalesAllGradientsAlike() {
        Linear linear = new Linear(2, 2);
        linear.initialize(device, 0);
        linear.weight().value().setGradient(linear.weight().value().onesLike().mul(3));
        linear.bias().value().setGradient(linear.bias().value().onesLike().mul(4));
        double norm = Math.sqrt(4 * 9 + 2 * 16);
        var parameters = linear.parameters().values();
        assertEquals(norm, Clipping.norm(parameters, 100).item(), 1e-5);
        assertEquals(3, linear.weight().gradient().toFloats()[0]);
        assertEquals(norm, Clipping.norm(parameters, 2).item(), 1e-5);
        assertEquals(3 * 2 / norm, linear.weight().gradient().toFloats()[0], 1e-5);
        assertEquals(2, Clipping.norm(parameters).item(), 1e-5);
        Tensor infinite = linear.bias().value().onesLike().div(0);
        linear.bias().value().setGradient(infinite);
        assertEquals(Double.POSITIVE_INFINITY, Clipping.norm(parameters, 2).item());
        assertArrayEquals(new float[2], linear.bias().gradient().toFloats());
        assertArrayEquals(new float[4], linear.weight().gradient().toFloats());
        linear.weight().value().setGradient(linear.weight().value().onesLike().mul(6 / norm));
        linear.bias().value().setGradient(linear.bias().value().onesLike().mul(8 / norm));
        Clipping.value(parameters, 0.8);
        assertEquals(0.8, linear.bias().gradient().toFloats()[0], 1e-6);
        assertEquals(3 * 2 / norm, linear.weight().gradient().toFloats()[0], 1e-5);
    }

    @Test
    void averagesFollowTheParametersAndSwapWithThem() {
        Vector vector = vector(DType.F32);
        float[] start = vector.value.value().toFloats();
        Ema ema = new Ema(vector.parameters(), 0.75);
        vector.value.set(of(_ -> 1));
        ema.update();
        float[] expected = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            expected[i] = 0.75f * start[i] + 0.25f;
        }
        ema.swap();
        assertArrayEquals(expected, vector.value.value().toFloats(), 1e-6f);
        assertEquals(1, ema.stateDict().get("value").get(0));
        ema.swap();
        assertEquals(1, vector.value.value().toFloats()[0]);
        Map<String, HostArray> saved = ema.stateDict();
        ema.update();
        ema.loadStateDict(saved);
        assertArrayEquals(expected, ema.stateDict().get("value").toFloats(), 1e-6f);
    }

    @Test
    void aSmallNetworkLearnsTheExclusiveOr() {
        var network = new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1), new Sigmoid());
        network.initialize(device, 3);
        Optimizer optimizer = new Optimizer(network.parameters(), Adam.withLearningRate(0.05));
        float[] inputs = {0, 0, 0, 1, 1, 0, 1, 1};
        float[] targets = {0, 1, 1, 0};
        Tensor x = Tensor.of(HostArray.of(inputs, Shape.of(4, 2)), device);
        Tensor y = Tensor.of(HostArray.of(targets, Shape.of(4, 1)), device);
        int live = Integer.MAX_VALUE;
        for (int step = 0; step < 200; step++) {
            try (var _ = Scope.open()) {
                Loss.binaryCrossEntropy().of(network.apply(x), y).backward();
                optimizer.step();
                optimizer.clearGradients();
            }
            // what other tests left behind may vanish meanwhile, so the number can only fall
            int now = Tensor.liveStorages();
            assertTrue(now <= live, "step " + step + " left " + (now - live) + " blocks behind");
            live = now;
        }
        assertArrayEquals(targets, network.apply(x).toFloats(), 0.1f);
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Adam.withLearningRate(-1));
        assertThrows(IllegalArgumentException.class, () -> Adam.withLearningRate(Double.NaN));
        assertThrows(
                IllegalArgumentException.class, () -> Adam.withLearningRate(1).withBetas(1, 0.9));
        assertThrows(IllegalArgumentException.class, () -> Schedule.cosine(0));
        assertThrows(IllegalArgumentException.class, () -> new Optimizer(List.of()));
        Vector vector = vector(DType.F32);
        var group = new ParameterGroup(vector.parameters(), SGD.withLearningRate(1));
        assertThrows(IllegalArgumentException.class, () -> new Optimizer(List.of(group, group)));
    }
}
