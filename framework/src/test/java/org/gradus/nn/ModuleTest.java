package org.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.device.Device;
import org.gradus.device.ReferenceDevice;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.junit.jupiter.api.Test;

class ModuleTest {
    private final Device device = new ReferenceDevice();

    private static Sequential network() {
        return new Sequential(
                new Linear(3, 4),
                new Sequential(Map.of("norm", new BatchNorm1d(4))),
                new Residual(new Sequential(new Dropout(0.5), new Linear(4, 4))));
    }

    private Sequential initialized() {
        Sequential network = network();
        network.initialize(device, 7);
        return network;
    }

    private Tensor ones(int... sizes) {
        return Tensor.ones(device, DType.F32, Shape.of(sizes));
    }

    @Test
    void namesAreThePathsInOrderOfRegistration() {
        assertEquals(
                List.of(
                        "0.weight",
                        "0.bias",
                        "1.norm.weight",
                        "1.norm.bias",
                        "1.norm.running_mean",
                        "1.norm.running_var",
                        "1.norm.num_batches_tracked",
                        "2.block.1.weight",
                        "2.block.1.bias"),
                List.copyOf(initialized().stateDict().keySet()));
        assertEquals(
                List.of("2.block.0.generator"), List.copyOf(initialized().generators().keySet()));
        assertEquals(3 * 4 + 4 + 4 + 4 + 4 * 4 + 4, network().parameterCount());
    }

    @Test
    void valuesDependOnSeedAndNameAlone() {
        Linear first = new Linear(5, 6);
        Linear second = new Linear(5, 6);
        var one = new Sequential(new LinkedHashMap<>(Map.of("a", first)));
        var layers = new LinkedHashMap<String, Layer>();
        layers.put("before", new Linear(5, 5));
        layers.put("a", second);
        var two = new Sequential(layers);
        one.initialize(device, 3);
        two.initialize(device, 3);
        float[] values = first.weight().value().toFloats();
        assertArrayEquals(values, second.weight().value().toFloats());
        two.initialize(device, 4);
        assertNotEquals(values[0], second.weight().value().toFloats()[0]);
        two.initialize(device, 3);
        assertArrayEquals(values, second.weight().value().toFloats());
    }

    @Test
    void linearLayersStartWithPyTorchsBounds() {
        Linear linear = new Linear(100, 50);
        linear.initialize(device, 1);
        assertUniform(linear.weight(), 0.1);
        assertUniform(linear.bias(), 0.1);
        Conv2d convolution = new Conv2d(8, 16, 3).groups(2);
        convolution.initialize(device, 1);
        assertUniform(convolution.weight(), 1 / 6.0);
        assertUniform(convolution.bias(), 1 / 6.0);
    }

    private static void assertUniform(Parameter parameter, double bound) {
        double[] values = parameter.value().toHost().toDoubles();
        double squares = 0;
        for (double value : values) {
            assertTrue(Math.abs(value) <= bound, value + " is beyond " + bound);
            squares += value * value;
        }
        // the variance of a uniform distribution; the tolerance is four standard errors
        double variance = squares / values.length / (bound * bound / 3);
        assertEquals(1, variance, 4 * Math.sqrt(0.8 / values.length));
    }

    @Test
    void initializersHaveTheirDeviations() {
        Shape shape = Shape.of(40, 30, 2);
        assertDeviation(Math.sqrt(2.0 / 60), Initializer.kaimingNormal(0), shape);
        assertDeviation(Math.sqrt(2.0 / 60), Initializer.kaimingUniform(0), shape);
        assertDeviation(2 * Math.sqrt(2.0 / 140), Initializer.xavierNormal(2), shape);
        assertDeviation(2 * Math.sqrt(2.0 / 140), Initializer.xavierUniform(2), shape);
        assertDeviation(0.02, Initializer.normal(0.02), shape);
    }

    private void assertDeviation(double expected, Initializer initializer, Shape shape) {
        Tensor values = initializer.create(shape, new Generator(5), device);
        assertEquals(1, values.std().item() / expected, 4 / Math.sqrt(2.0 * shape.elements()));
    }

    @Test
    void orthogonalMatricesHaveOrthonormalRowsOrColumns() {
        for (Shape shape : List.of(Shape.of(3, 5), Shape.of(5, 3), Shape.of(2, 2, 2))) {
            Tensor values = Initializer.orthogonal(2).create(shape, new Generator(1), device);
            assertEquals(shape, values.shape());
            Tensor rows = values.reshape(shape.size(0), -1);
            Tensor wide = rows.size(0) > rows.size(1) ? rows.mT() : rows;
            Tensor product = wide.matmul(wide.mT());
            Tensor expected = Tensor.eye(device, DType.F32, wide.size(0)).mul(4);
            assertEquals(0, product.sub(expected).abs().amax().item(), 1e-5);
        }
    }

    @Test
    void errorsNameThePathOfTheLayer() {
        Sequential network = new Sequential(Map.of("classifier", network()));
        network.initialize(device, 0);
        var shape = assertThrows(TensorException.class, () -> network.apply(ones(2, 5)));
        assertEquals("classifier.0", shape.path());
        assertTrue(
                shape.getMessage().startsWith("classifier.0: linear: an input of shape [2, 5]"),
                shape.getMessage());
        Layer deep = new Residual(new Sequential(new ReLU(), new Linear(4, 4)));
        var inner = new Sequential(new Identity(), deep);
        inner.initialize(device, 0);
        var path = assertThrows(TensorException.class, () -> inner.apply(ones(1, 3)));
        assertEquals("1.block.1", path.path());
    }

    @Test
    void aStateDictMovesAllValues() {
        Sequential from = initialized();
        from.apply(ones(4, 3));
        Sequential to = network();
        to.initialize(device, 8);
        to.loadStateDict(from.stateDict());
        Map<String, HostArray> copied = to.stateDict();
        from.stateDict()
                .forEach(
                        (name, values) ->
                                assertArrayEquals(
                                        values.toDoubles(), copied.get(name).toDoubles(), name));
        assertEquals(1, copied.get("1.norm.num_batches_tracked").getLong(0));
    }

    @Test
    void loadingNamesTheFirstTensorThatDiffersAndChangesNothing() {
        Sequential network = initialized();
        Map<String, HostArray> before = network.stateDict();

        var missing = new LinkedHashMap<>(initialized().initialize(device, 9).stateDict());
        missing.remove("1.norm.bias");
        refuses(network, missing, "'1.norm.bias' is missing");

        var shaped = new LinkedHashMap<>(initialized().initialize(device, 9).stateDict());
        shaped.put("2.block.1.weight", HostArray.zeros(DType.F32, Shape.of(4, 3)));
        refuses(network, shaped, "'2.block.1.weight' is f32[4, 4] in the model, but f32[4, 3]");

        var typed = new LinkedHashMap<>(initialized().initialize(device, 9).stateDict());
        typed.put("0.bias", HostArray.zeros(DType.F64, Shape.of(4)));
        refuses(network, typed, "'0.bias' is f32[4] in the model, but f64[4] was given");

        var more = new LinkedHashMap<>(initialized().initialize(device, 9).stateDict());
        more.put("3.weight", HostArray.zeros(DType.F32, Shape.of(1)));
        refuses(network, more, "no '3.weight'");

        network.stateDict()
                .forEach(
                        (name, values) ->
                                assertArrayEquals(
                                        before.get(name).toDoubles(), values.toDoubles(), name));
    }

    private static void refuses(Module module, Map<String, HostArray> values, String message) {
        var e = assertThrows(TensorException.class, () -> module.loadStateDict(values));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void namesAreUniqueAndWithoutDots() {
        var layers = new LinkedHashMap<String, Layer>();
        layers.put("a.b", new ReLU());
        assertThrows(IllegalArgumentException.class, () -> new Sequential(layers));
        final class Twice extends Layer {
            Twice() {
                parameter("weight", Shape.of(1), Initializer.ones());
                parameter("weight", Shape.of(1), Initializer.ones());
            }

            @Override
            protected Tensor forward(Tensor x) {
                return x;
            }
        }
        var e = assertThrows(IllegalArgumentException.class, Twice::new);
        assertEquals(
                "Twice has a part named 'weight' already; choose another name", e.getMessage());
    }

    @Test
    void modesReachAllModules() {
        Sequential network = initialized();
        assertTrue(network.isTraining());
        assertSame(network, network.eval());
        network.modules().values().forEach(module -> assertFalse(module.isTraining()));
        network.train();
        network.modules().values().forEach(module -> assertTrue(module.isTraining()));
    }

    @Test
    void frozenParametersGetNoGradient() {
        Sequential network = new Sequential(new Linear(2, 2), new Linear(2, 1));
        network.initialize(device, 0);
        network.layers().getFirst().freeze();
        network.apply(ones(3, 2)).sum().backward();
        assertNull(network.parameters().get("0.weight").gradient());
        assertEquals(Shape.of(1, 2), network.parameters().get("1.weight").gradient().shape());
        network.unfreeze();
        network.apply(ones(3, 2)).sum().backward();
        assertEquals(Shape.of(2, 2), network.parameters().get("0.weight").gradient().shape());
    }

    @Test
    void aSharedLayerIsCountedOnce() {
        Linear shared = new Linear(2, 2);
        Sequential network = new Sequential(shared, new Tanh(), shared);
        network.initialize(device, 0);
        assertEquals(List.of("0.weight", "0.bias"), List.copyOf(network.parameters().keySet()));
        assertEquals(4, network.stateDict().size());
    }

    @Test
    void dropoutKeepsTheMeanAndRepeatsItsMasks() {
        Dropout dropout = new Dropout(0.3);
        dropout.initialize(device, 11);
        Tensor x = ones(50, 100);
        float[] first = dropout.apply(x).toFloats();
        float[] second = dropout.apply(x).toFloats();
        int zeros = 0;
        for (float value : first) {
            assertTrue(value == 0 || Math.abs(value - 1 / 0.7f) < 1e-6, "value " + value);
            zeros += value == 0 ? 1 : 0;
        }
        // four standard errors of a proportion of 5000
        assertEquals(0.3, zeros / 5000.0, 4 * Math.sqrt(0.21 / 5000));
        assertFalse(Arrays.equals(first, second), "two masks are equal");

        dropout.initialize(device, 11);
        assertArrayEquals(first, dropout.apply(x).toFloats());
        Generator state = dropout.generators().get("generator");
        Dropout resumed = new Dropout(0.3);
        resumed.initialize(device, 12);
        resumed.setGenerators(Map.of("generator", new Generator(state.seed(), state.offset())));
        assertArrayEquals(second, resumed.apply(x).toFloats());
        dropout.eval();
        assertSame(x, dropout.apply(x));
    }

    @Test
    void theBackwardPassOfDropoutUsesTheSameMask() {
        Dropout dropout = new Dropout(0.5);
        dropout.initialize(device, 1);
        Tensor x = ones(20).requireGradient();
        Tensor y = dropout.apply(x);
        float[] output = y.toFloats();
        y.sum().backward();
        assertArrayEquals(output, x.gradient().toFloats());
    }

    @Test
    void layersGiveBackWhatTheyComputeOnTheWay() {
        Sequential network = initialized();
        network.eval();
        Tensor x = ones(4, 3);
        int before = Tensor.liveStorages();
        try (Scope scope = Scope.open()) {
            network.apply(x);
            assertEquals(1, scope.size(), "the result alone is left");
        }
        // what other tests left to the garbage collector may vanish meanwhile
        assertTrue(Tensor.liveStorages() <= before, "memory was left behind");
    }

    @Test
    void valuesConvertAndStayParameters() {
        Linear linear = new Linear(2, 2);
        linear.initialize(device, 0);
        float[] before = linear.weight().value().toFloats();
        linear.to(DType.F64);
        assertEquals(DType.F64, linear.weight().value().dtype());
        assertTrue(linear.weight().value().requiresGradient());
        assertArrayEquals(before, linear.weight().value().toFloats());
        Device other = new ReferenceDevice();
        linear.to(other);
        assertSame(other, linear.device());
        assertSame(other, linear.weight().value().device());
        assertArrayEquals(before, linear.weight().value().toFloats());
    }

    @Test
    void aSummaryShowsShapesAndParameters() {
        Sequential network =
                new Sequential(
                        new Conv2d(1, 8, 3).padding(1),
                        new ReLU(),
                        new MaxPool2d(2),
                        new Flatten(),
                        new Linear(128, 10));
        network.initialize(device, 0);
        assertEquals(
                """
                path     layer                             output         parameters
                (model)  Sequential                        [2, 10]
                0        Conv2d(1, 8, kernel=3, padding=1)  [2, 8, 8, 8]           80
                1        ReLU                              [2, 8, 8, 8]
                2        MaxPool2d(kernel=2)               [2, 8, 4, 4]
                3        Flatten                           [2, 128]
                4        Linear(128, 10)                   [2, 10]              1,290
                1,370 parameters
                """
                        .replaceAll(" +", " "),
                network.summary(Shape.of(2, 1, 8, 8)).replaceAll(" +", " "));
        assertTrue(network.isTraining());
    }

    @Test
    void settingsOfALayerInUseCannotChange() {
        Conv2d part = new Conv2d(1, 1, 3);
        Sequential network = new Sequential(part);
        assertThrows(IllegalStateException.class, () -> part.padding(1));
        Linear linear = new Linear(1, 1);
        linear.initialize(device, 0);
        assertThrows(IllegalStateException.class, linear::withoutBias);
        assertEquals(1, network.layers().size());
    }

    @Test
    void unflattenUndoesFlatten() {
        Tensor x = ones(2, 12, 5);
        assertEquals(Shape.of(2, 3, 4, 5), new Unflatten(3, 4).apply(x).shape());
        assertThrows(TensorException.class, () -> new Unflatten(5, 2).apply(x));
    }

    @Test
    void channelDropoutDropsWholeChannels() {
        ChannelDropout dropout = new ChannelDropout(0.5);
        dropout.initialize(device, 1);
        float[] values = dropout.apply(ones(4, 8, 3)).toFloats();
        int dropped = 0;
        for (int i = 0; i < values.length; i++) {
            assertTrue(values[i] == 0 || values[i] == 2);
            assertEquals(values[i / 3 * 3], values[i], "element " + i);
            dropped += values[i] == 0 ? 1 : 0;
        }
        // four standard errors of 32 channels
        assertEquals(0.5, dropped / 96.0, 4 * Math.sqrt(0.25 / 32));
    }

    @Test
    void batchNormalizationRefusesASingleValuePerChannel() {
        BatchNorm1d norm = new BatchNorm1d(3);
        norm.initialize(device, 0);
        assertThrows(TensorException.class, () -> norm.apply(ones(1, 3)));
        norm.eval();
        assertEquals(Shape.of(1, 3), norm.apply(ones(1, 3)).shape());
    }

    @Test
    void argumentsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Linear(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Dropout(1.5));
        assertThrows(IllegalArgumentException.class, () -> new ChannelDropout(-0.1));
        assertThrows(IllegalArgumentException.class, () -> new Conv2d(3, 4, 3).groups(2));
        assertThrows(IllegalArgumentException.class, () -> new Conv2d(3, 4, 3, 3, 3));
        assertThrows(IllegalArgumentException.class, () -> new MaxPool2d(2).stride(0));
        assertThrows(IllegalArgumentException.class, () -> new GroupNorm(2, 3));
        assertThrows(IllegalArgumentException.class, () -> new Embedding(3, 2).paddingIndex(3));
    }
}
