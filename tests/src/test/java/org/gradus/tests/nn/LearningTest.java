package org.gradus.tests.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gradus.data.Batch;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Dropout;
import org.gradus.nn.Flatten;
import org.gradus.nn.Initializer;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.Parameter;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.nn.Sigmoid;
import org.gradus.nn.Tanh;
import org.gradus.optim.Adadelta;
import org.gradus.optim.Adagrad;
import org.gradus.optim.Adam;
import org.gradus.optim.AdamW;
import org.gradus.optim.Clipping;
import org.gradus.optim.Ema;
import org.gradus.optim.LAMB;
import org.gradus.optim.Lion;
import org.gradus.optim.NAdam;
import org.gradus.optim.Optimizer;
import org.gradus.optim.RAdam;
import org.gradus.optim.RMSProp;
import org.gradus.optim.SGD;
import org.gradus.optim.UpdateRule;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tests.conformance.TestDevices;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers, clipping and averages on every device, and networks that learn with them. */
class LearningTest {
    /** Sizes that leave remainders in every way of cutting them up. */
    private static final List<Shape> SHAPES =
            List.of(Shape.of(1), Shape.of(7, 11), Shape.of(1031), Shape.scalar(), Shape.of(2, 0));

    /** Parameters of awkward sizes. */
    private static final class Bag extends Layer {
        private final List<Parameter> items = new ArrayList<>();

        Bag() {
            for (int i = 0; i < SHAPES.size(); i++) {
                items.add(parameter("p" + i, SHAPES.get(i), Initializer.normal(1)));
            }
        }

        @Override
        protected Tensor forward(Tensor x) {
            return x;
        }
    }

    static Stream<Device> devices() {
        return TestDevices.all().stream();
    }

    private static Bag bag(Device device, DType dtype) {
        Bag bag = new Bag();
        bag.initialize(device, 4);
        bag.to(dtype);
        setGradients(bag, 0);
        return bag;
    }

    private static void setGradients(Bag bag, int step) {
        for (int i = 0; i < SHAPES.size(); i++) {
            Tensor value = bag.items.get(i).value();
            int[] sizes = SHAPES.get(i).sizes();
            value.setGradient(Waves.wave(value.device(), value.dtype(), 3 * step + i, sizes));
        }
    }

    private static void assertSame(Bag expected, Bag actual, double tolerance) {
        for (int i = 0; i < SHAPES.size(); i++) {
            assertArrayEquals(
                    expected.items.get(i).value().toHost().toDoubles(),
                    actual.items.get(i).value().toHost().toDoubles(),
                    tolerance,
                    "parameter " + i);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void rulesGiveWhatTheyGiveInDoublePrecision(Device device) {
        List<UpdateRule> rules =
                List.of(
                        SGD.withLearningRate(0.1),
                        SGD.withLearningRate(0.1).withNesterovMomentum(0.9).withWeightDecay(0.1),
                        Adam.withLearningRate(0.01),
                        AdamW.withLearningRate(0.01),
                        RMSProp.withLearningRate(0.01).withMomentum(0.9).centering(),
                        Adagrad.withLearningRate(0.01),
                        Lion.withLearningRate(0.01),
                        Adam.withLearningRate(0.01).withAmsgrad(),
                        Adadelta.withLearningRate(0.5),
                        NAdam.withLearningRate(0.01),
                        RAdam.withLearningRate(0.01),
                        LAMB.withLearningRate(0.01));
        for (UpdateRule rule : rules) {
            Bag expected = bag(Device.of("cpu"), DType.F64);
            Bag actual = bag(device, DType.F32);
            Optimizer reference = new Optimizer(expected.parameters(), rule);
            Optimizer optimizer = new Optimizer(actual.parameters(), rule);
            for (int step = 0; step < 5; step++) {
                setGradients(expected, step);
                setGradients(actual, step);
                reference.step();
                optimizer.step();
            }
            // the centered variance of RMSProp loses digits where it is small
            assertSame(expected, actual, rule instanceof RMSProp ? 1e-3 : 1e-5);
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void clippingGivesTheNormOfAllGradients(Device device) {
        Bag bag = bag(device, DType.F32);
        double squares = 0;
        for (Parameter parameter : bag.items) {
            for (double value : parameter.gradient().toHost().toDoubles()) {
                squares += value * value;
            }
        }
        double norm = Math.sqrt(squares);
        assertEquals(norm, Clipping.norm(bag.items, 3).item(), 1e-5 * norm);
        assertEquals(3, Clipping.norm(bag.items).item(), 1e-4);
        Clipping.value(bag.items, 0.01);
        for (Parameter parameter : bag.items) {
            for (float value : parameter.gradient().toFloats()) {
                assertTrue(Math.abs(value) <= 0.01f, "gradient " + value);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void averagesSwapWithParametersAndBack(Device device) {
        Bag bag = bag(device, DType.F32);
        Bag before = bag(device, DType.F32);
        Ema ema = new Ema(bag.parameters(), 0.5);
        Optimizer optimizer = new Optimizer(bag.parameters(), SGD.withLearningRate(1));
        optimizer.step();
        Bag stepped = bag(device, DType.F32);
        stepped.loadStateDict(bag.stateDict());
        ema.update();
        ema.swap();
        Bag middle = bag(device, DType.F32);
        for (int i = 0; i < SHAPES.size(); i++) {
            middle.items
                    .get(i)
                    .set(before.items.get(i).value().lerp(stepped.items.get(i).value(), 0.5));
        }
        assertSame(middle, bag, 1e-6);
        ema.swap();
        assertSame(stepped, bag, 0);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aModelStartsAlikeOnEveryDevice(Device device) {
        Layer there = convolutional();
        Layer here = convolutional();
        there.initialize(device, 9);
        here.initialize(Device.of("cpu"), 9);
        Map<String, HostArray> expected = here.stateDict();
        there.stateDict()
                .forEach(
                        (name, values) ->
                                assertArrayEquals(
                                        expected.get(name).toDoubles(),
                                        values.toDoubles(),
                                        1e-7,
                                        name));
        Dropout one = new Dropout(0.4);
        Dropout other = new Dropout(0.4);
        one.initialize(device, 2);
        other.initialize(Device.of("cpu"), 2);
        Shape shape = Shape.of(5, 101);
        assertArrayEquals(
                other.apply(Tensor.ones(Device.of("cpu"), DType.F32, shape)).toFloats(),
                one.apply(Tensor.ones(device, DType.F32, shape)).toFloats(),
                1e-6f);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aPerceptronLearnsTheExclusiveOr(Device device) {
        var network = new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1), new Sigmoid());
        network.initialize(device, 3);
        var optimizer = new Optimizer(network.parameters(), Adam.withLearningRate(0.05));
        float[] targets = {0, 1, 1, 0};
        Tensor x =
                Tensor.of(
                        HostArray.of(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, Shape.of(4, 2)), device);
        Tensor y = Tensor.of(HostArray.of(targets, Shape.of(4, 1)), device);
        for (int step = 0; step < 300; step++) {
            try (var _ = Scope.open()) {
                Loss.binaryCrossEntropy().of(network.apply(x), y).backward();
                optimizer.step();
                optimizer.clearGradients();
            }
        }
        assertArrayEquals(targets, network.apply(x).toFloats(), 0.1f);
    }

    private static Layer convolutional() {
        return new Sequential(
                new Conv2d(1, 16, 3).padding(1).withoutBias(),
                new BatchNorm2d(16),
                new ReLU(),
                new MaxPool2d(2),
                new Flatten(),
                new Dropout(0.1),
                new Linear(16 * 4 * 4, 10));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void aConvolutionalNetworkLearnsDigitsInFlatMemory(Device device) {
        Layer network = convolutional();
        network.initialize(device, 1);
        var optimizer = new Optimizer(network.parameters(), Adam.withLearningRate(0.01));
        Dataset train = Digits.train();
        Loss loss = Loss.crossEntropy();
        int batch = 64;
        int live = Integer.MAX_VALUE;
        for (int step = 0; step < 60; step++) {
            try (var _ = Scope.open()) {
                int start = step * batch % (train.size() - batch);
                Batch samples = range(train, start, batch);
                Tensor x = Tensor.of(samples.inputs().getFirst(), device);
                loss.of(network.apply(x), Tensor.of(samples.target(), device)).backward();
                optimizer.step();
                optimizer.clearGradients();
            }
            // what other tests left behind may vanish meanwhile, so the number can only fall
            int now = Tensor.liveStorages();
            assertTrue(now <= live, "step " + step + " left " + (now - live) + " blocks behind");
            live = step == 0 ? Integer.MAX_VALUE : now;
        }
        network.eval();
        Batch samples = range(Digits.validation(), 0, Digits.validation().size());
        Tensor logits = network.apply(Tensor.of(samples.inputs().getFirst(), device));
        Tensor right = logits.argmax(1).eq(Tensor.of(samples.target(), device));
        double accuracy = right.to(DType.F32).mean().item();
        assertTrue(accuracy > 0.93, "accuracy " + accuracy);
    }

    private static Batch range(Dataset data, int start, int count) {
        return data.batch(IntStream.range(start, start + count).toArray());
    }
}
