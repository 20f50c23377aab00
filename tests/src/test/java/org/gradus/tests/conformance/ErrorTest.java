package org.gradus.tests.conformance;

import static org.gradus.tests.conformance.Mistake.check;
import static org.gradus.tests.conformance.Mistake.of;
import static org.gradus.tests.conformance.Mistake.ones;
import static org.gradus.tests.conformance.Mistake.tests;
import static org.gradus.tests.conformance.Mistake.whole;
import static org.gradus.tests.conformance.Mistake.window;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.CustomFunction;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each other mistake than shapes is refused where it is made, by a sentence that names it. */
class ErrorTest {
    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    private static Stream<Mistake> types() {
        return Stream.of(
                of("gradient of whole numbers", d -> whole(d, 2).requireGradient(), "i64"),
                of("mean of whole numbers", d -> whole(d, 2).mean(), "mean", "i64", "[2]"),
                of("softmax of whole numbers", d -> whole(d, 2).softmax(0), "softmax", "i64"),
                of(
                        "matmul of whole numbers",
                        d -> whole(d, 2, 2).matmul(whole(d, 2, 2)),
                        "matmul",
                        "i64"),
                of(
                        "convolution of whole numbers",
                        d -> whole(d, 1, 1, 3, 3).convolve(ones(d, 1, 1, 3, 3), null, window(3), 1),
                        "convolution",
                        "i64"),
                of(
                        "gather by floats",
                        d -> ones(d, 2).gather(0, ones(d, 2)),
                        "gather",
                        "f32",
                        "I64"),
                of(
                        "scatterAdd of another type",
                        d -> ones(d, 2).scatterAdd(0, whole(d, 2), whole(d, 2)),
                        "scatterAdd",
                        "i64",
                        "f32"),
                of(
                        "crossEntropy with float labels",
                        d -> ones(d, 2, 3).crossEntropy(ones(d, 2)),
                        "crossEntropy",
                        "f32",
                        "i64"),
                of(
                        "a probability above 1",
                        d -> new Generator(1).dropout(ones(d, 2), 1.5),
                        "dropout",
                        "1.5"));
    }

    private static Stream<Mistake> gradients() {
        return Stream.of(
                of(
                        "backward of several elements",
                        d -> ones(d, 3).requireGradient().mul(2).backward(),
                        "backward",
                        "[3]",
                        "scalar"),
                of("backward of a constant", d -> ones(d).mul(2).backward(), "backward", "[]"),
                of(
                        "backward with another seed",
                        d -> ones(d, 3).requireGradient().mul(2).backward(ones(d, 2)),
                        "backward",
                        "[2]",
                        "[3]"),
                of(
                        "backward twice",
                        d -> {
                            Tensor loss = ones(d, 3).requireGradient().square().sum();
                            loss.backward();
                            loss.backward();
                        },
                        "backward",
                        "earlier",
                        "backwardRetainingGraph"),
                of(
                        "gradients of what takes no part",
                        d -> {
                            Tensor x = ones(d, 3).requireGradient();
                            Autograd.gradients(x.sum(), List.of(ones(d, 2)));
                        },
                        "gradients",
                        "[2]",
                        "requireGradient"),
                of(
                        "a leaf changed in place",
                        d -> ones(d, 3).requireGradient().fillInPlace(2),
                        "fillInPlace",
                        "[3]",
                        "withoutGradients"),
                of(
                        "a result changed in place",
                        d -> ones(d, 3).requireGradient().mul(2).addInPlace(ones(d, 3)),
                        "addInPlace",
                        "[3]",
                        "withoutGradients"),
                of(
                        "a saved input changed in place",
                        d -> {
                            Tensor x = ones(d, 3).requireGradient();
                            Tensor loss = x.square().sum().compute();
                            Autograd.withoutGradients(() -> x.fillInPlace(2));
                            loss.backward();
                        },
                        "[3]",
                        "square",
                        "changed in place"),
                of(
                        "a saved matrix changed in place",
                        d -> {
                            Tensor x = ones(d, 3, 3).requireGradient();
                            Tensor loss = x.matmul(x).sum();
                            Autograd.withoutGradients(() -> x.mulInPlace(2));
                            loss.backward();
                        },
                        "[3, 3]",
                        "matmul",
                        "changed in place"),
                of(
                        "a saved view changed through its base",
                        d -> {
                            Tensor base = ones(d, 4, 3);
                            Tensor x = ones(d, 3).requireGradient();
                            Tensor loss = x.mul(base.select(0, 1)).sum().compute();
                            base.fillInPlace(2);
                            loss.backward();
                        },
                        "[3]",
                        "multiply",
                        "changed in place"),
                of(
                        "second order of a function without a definition",
                        d -> {
                            Tensor x = ones(d, 3).requireGradient();
                            Tensor y = CustomFunction.apply(new Doubling(), x);
                            Autograd.gradients(y.sum(), null, List.of(x), true);
                        },
                        "doubling",
                        "plain"));
    }

    private static final class Doubling implements CustomFunction {
        @Override
        public String name() {
            return "doubling";
        }

        @Override
        public List<Tensor> forward(List<Tensor> inputs) {
            return List.of(inputs.getFirst().mul(2));
        }

        @Override
        public List<Tensor> backward(Tensor gradient, List<Tensor> inputs, List<Tensor> outputs) {
            return List.of(gradient.mul(2));
        }
    }

    private static Stream<Mistake> released() {
        return Stream.of(
                of(
                        "use after release",
                        d -> {
                            Tensor x = ones(d, 2, 3);
                            x.release();
                            x.add(1);
                        },
                        "[2, 3]",
                        "released"),
                of(
                        "use after the scope closed",
                        d -> {
                            Tensor x;
                            try (var _ = Scope.open()) {
                                x = ones(d, 2, 3).add(1);
                            }
                            x.toFloats();
                        },
                        "[2, 3]",
                        "released",
                        "keep()"));
    }

    @TestFactory
    Stream<DynamicTest> typesThatDoNotFit() {
        return tests(types());
    }

    @TestFactory
    Stream<DynamicTest> backwardPassesThatCannotBeDone() {
        return tests(gradients());
    }

    @TestFactory
    Stream<DynamicTest> tensorsThatAreGone() {
        return tests(released());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void devicesThatDiffer(Device device) {
        Device other = WrappedDevice.withoutFamilies(device);
        List<Consumer<Tensor>> works =
                List.of(
                        y -> ones(device, 3, 3).add(y),
                        y -> ones(device, 3, 3).matmul(y),
                        y -> ones(device, 3, 3).linear(y, null),
                        y -> Tensor.cat(0, ones(device, 3, 3), y),
                        y -> ones(device, 3, 3).assign(y),
                        y -> ones(device, 3, 3).gather(0, y.to(DType.I64)),
                        y -> ones(device, 3, 3).linear(ones(device, 3, 3), y.select(0, 0)),
                        y -> ones(device, 3, 3).requireGradient().mT().backward(y),
                        y -> ones(device, 3, 3).layerNorm(1, y.select(0, 0), null, 1e-5),
                        y -> ones(device, 3, 3).requireGradient().mul(2).backward(y));
        try (var _ = Scope.open()) {
            for (Consumer<Tensor> work : works) {
                String name = "another device, case " + works.indexOf(work);
                check(name, () -> work.accept(ones(other, 3, 3)), device.name(), "to(");
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void indicesOutOfRange(Device device) {
        for (long wrong : new long[] {-1, 3}) {
            try (var _ = Scope.open()) {
                Tensor index = Tensor.full(device, DType.I64, Shape.of(2), wrong);
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> ones(device, 3).gather(0, index).toFloats(),
                        "gather at " + wrong);
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> ones(device, 3).scatterAdd(0, index, ones(device, 2)).toFloats(),
                        "scatterAdd at " + wrong);
            }
        }
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("devices")
    void whatIsAllowedIsNotRefused(Device device) {
        try (var _ = Scope.open()) {
            Tensor x = ones(device, 3).requireGradient();
            Tensor loss = x.square().sum();
            loss.backwardRetainingGraph();
            assertDoesNotThrow(() -> loss.backward());
            assertEquals(12, x.gradient().sum().item());
            // a sum saves nothing, so its input may change
            Tensor y = x.mul(2).compute();
            Tensor total = y.sum();
            Autograd.withoutGradients(() -> y.fillInPlace(7));
            assertDoesNotThrow(() -> total.backward());
            assertFalse(Autograd.withoutGradients(() -> x.mul(2)).requiresGradient());
        }
    }
}
