package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.gradus.device.Device;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.CustomFunction;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake is refused where it is made, by a sentence that names the operation and shapes. */
class ErrorTest {
    /**
     * A mistake.
     *
     * @param work makes it
     * @param words what the message must contain
     */
    private record Mistake(String name, Consumer<Device> work, String... words) {}

    static List<Named<Device>> devices() {
        return TestDevices.named();
    }

    private static Mistake of(String name, Consumer<Device> work, String... words) {
        return new Mistake(name, work, words);
    }

    private static Tensor ones(Device device, int... sizes) {
        return Tensor.ones(device, DType.F32, Shape.of(sizes));
    }

    private static Tensor whole(Device device, int... sizes) {
        return Tensor.zeros(device, DType.I64, Shape.of(sizes));
    }

    private static Window window(int kernel) {
        int[] one = {1, 1};
        return new Window(new int[] {kernel, kernel}, one, new int[] {0, 0}, one);
    }

    private static Stream<Mistake> shapes() {
        return Stream.of(
                of(
                        "add of shapes that do not broadcast",
                        d -> ones(d, 2, 3).add(ones(d, 4)),
                        "add",
                        "[2, 3]",
                        "[4]"),
                of(
                        "where of shapes that do not broadcast",
                        d -> ones(d, 2).gt(0).where(ones(d, 2), ones(d, 3)),
                        "where",
                        "[2]",
                        "[3]"),
                of(
                        "matmul with different inner sizes",
                        d -> ones(d, 2, 3).matmul(ones(d, 4, 5)),
                        "matmul",
                        "[2, 3]",
                        "[4, 5]",
                        "3",
                        "4"),
                of(
                        "matmul with different batches",
                        d -> ones(d, 2, 3, 4).matmul(ones(d, 3, 4, 5)),
                        "matmul",
                        "[2, 3, 4]",
                        "[3, 4, 5]"),
                of("matmul of a scalar", d -> ones(d).matmul(ones(d, 3)), "matmul", "scalar"),
                of(
                        "linear with another weight",
                        d -> ones(d, 2, 3).linear(ones(d, 5, 4), null),
                        "linear",
                        "[2, 3]",
                        "[5, 4]"),
                of(
                        "linear with another bias",
                        d -> ones(d, 2, 3).linear(ones(d, 5, 3), ones(d, 4)),
                        "linear",
                        "[4]",
                        "[5, 3]"),
                of("dot of matrices", d -> ones(d, 2, 2).dot(ones(d, 2, 2)), "dot", "[2, 2]"),
                of("reshape", d -> ones(d, 2, 3).reshape(4, 2), "reshape", "[2, 3]", "[4, 2]"),
                of("reshape to any", d -> ones(d, 2, 3).reshape(4, -1), "reshape", "[2, 3]"),
                of("permute", d -> ones(d, 2, 3).permute(0, 0), "permute", "[0, 0]", "[2, 3]"),
                of("an axis too far", d -> ones(d, 2, 3).sum(2), "sum", "2", "[2, 3]"),
                of("an axis named twice", d -> ones(d, 2, 3).sum(0, -2), "sum", "[0, -2]"),
                of("softmax of an axis", d -> ones(d, 2, 3).softmax(5), "softmax", "5", "[2, 3]"),
                of("cumsum of an axis", d -> ones(d, 2, 3).cumsum(5), "cumsum", "5", "[2, 3]"),
                of("flip of an axis", d -> ones(d, 2, 3).flip(4), "flip", "4", "[2, 3]"),
                of("squeeze of an axis", d -> ones(d, 2).squeeze(3), "squeeze", "3", "[2]"),
                of("expand", d -> ones(d, 2, 3).expand(2, 4), "expand", "[2, 3]", "[2, 4]"),
                of("select", d -> ones(d, 2, 3).select(0, 2), "select", "2", "[2, 3]"),
                of("narrow", d -> ones(d, 2, 3).narrow(1, 2, 2), "narrow", "2", "4", "[2, 3]"),
                of("slice by steps of 0", d -> ones(d, 4).slice(0, 0, 4, 0), "slice", "0"),
                of("split into parts of 0", d -> ones(d, 4).split(0, 0), "split", "0"),
                of("pad with an odd width", d -> ones(d, 4).pad(0, 1), "pad", "[4]"),
                of("pad with less than 0", d -> ones(d, 4).pad(0, -1, 0), "pad", "-1"),
                of(
                        "cat of other sizes",
                        d -> Tensor.cat(0, ones(d, 2, 3), ones(d, 2, 4)),
                        "cat",
                        "[2, 3]",
                        "[2, 4]"),
                of("cat of nothing", _ -> Tensor.cat(0), "cat"),
                of(
                        "stack of other sizes",
                        d -> Tensor.stack(0, ones(d, 2), ones(d, 3)),
                        "stack",
                        "[2]",
                        "[3]"),
                of(
                        "gather of another rank",
                        d -> ones(d, 2, 3).gather(0, whole(d, 3)),
                        "gather",
                        "[3]",
                        "[2, 3]"),
                of(
                        "scatterAdd of another source",
                        d -> ones(d, 2, 3).scatterAdd(0, whole(d, 1, 3), ones(d, 2, 3)),
                        "scatterAdd",
                        "[2, 3]",
                        "[1, 3]"),
                of("topk of too many", d -> ones(d, 3).topk(4, 0), "topk", "4", "[3]"),
                of("amax of nothing", d -> ones(d, 0, 3).amax(0), "max", "[0, 3]"),
                of("item of several", d -> ones(d, 2).item(), "item", "[2]"),
                of(
                        "einsum with other sizes",
                        d -> Tensor.einsum("ij,jk->ik", ones(d, 2, 3), ones(d, 4, 5)),
                        "einsum",
                        "'j'",
                        "3",
                        "4"),
                of(
                        "einsum with other ranks",
                        d -> Tensor.einsum("ij->i", ones(d, 2)),
                        "einsum",
                        "ij",
                        "[2]"),
                of(
                        "einsum with an unknown result",
                        d -> Tensor.einsum("ij->k", ones(d, 2, 2)),
                        "einsum",
                        "'k'"),
                of(
                        "convolution with other channels",
                        d -> ones(d, 1, 3, 5, 5).convolve(ones(d, 4, 2, 3, 3), null, window(3), 1),
                        "convolution",
                        "[1, 3, 5, 5]",
                        "[4, 2, 3, 3]",
                        "groups=1"),
                of(
                        "convolution with another bias",
                        d ->
                                ones(d, 1, 2, 5, 5)
                                        .convolve(ones(d, 4, 2, 3, 3), ones(d, 3), window(3), 1),
                        "convolution",
                        "[3]",
                        "4"),
                of(
                        "transposed convolution with another bias",
                        d ->
                                ones(d, 1, 2, 5, 5)
                                        .convolveTransposed(
                                                ones(d, 2, 4, 3, 3),
                                                ones(d, 1),
                                                window(3),
                                                new int[] {0, 0},
                                                1),
                        "transposed convolution",
                        "[1]",
                        "4"),
                of(
                        "convolution of a matrix",
                        d -> ones(d, 5, 5).convolve(ones(d, 4, 2, 3, 3), null, window(3), 1),
                        "convolution",
                        "[5, 5]"),
                of(
                        "a window larger than the image",
                        d -> ones(d, 1, 1, 2, 2).maxPool(window(3)),
                        "maxPool",
                        "[1, 1, 2, 2]",
                        "kernel=[3, 3]"),
                of(
                        "layerNorm with another weight",
                        d -> ones(d, 2, 3).layerNorm(1, ones(d, 2), null, 1e-5),
                        "layerNorm",
                        "[2]",
                        "[3]"),
                of(
                        "groupNorm with a remainder",
                        d -> ones(d, 2, 5).groupNorm(2, null, null, 1e-5),
                        "groupNorm",
                        "[2, 5]",
                        "2"),
                of(
                        "batchNorm with another bias",
                        d -> ones(d, 4, 3).batchNorm(null, ones(d, 4), 1e-5),
                        "batchNorm",
                        "[4]",
                        "[3]"),
                of(
                        "crossEntropy with other labels",
                        d -> ones(d, 2, 3).crossEntropy(whole(d, 3)),
                        "crossEntropy",
                        "[2, 3]",
                        "[3]"),
                of("assign", d -> ones(d, 3).assign(ones(d, 2)), "assign", "[2]", "[3]"),
                of(
                        "values that do not fill a shape",
                        _ -> Tensor.of(new float[] {1, 2, 3}, 2, 2),
                        "3",
                        "[2, 2]"));
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
    Stream<DynamicTest> shapesThatDoNotFit() {
        return tests(shapes());
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
                        RuntimeException.class,
                        () -> ones(device, 3).gather(0, index).toFloats(),
                        "gather at " + wrong);
                assertThrows(
                        RuntimeException.class,
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

    private static Stream<DynamicTest> tests(Stream<Mistake> mistakes) {
        List<Device> devices = TestDevices.all();
        return mistakes.flatMap(
                mistake ->
                        devices.stream()
                                .map(
                                        device ->
                                                DynamicTest.dynamicTest(
                                                        device.name() + ": " + mistake.name(),
                                                        () -> check(mistake, device))));
    }

    private static void check(Mistake mistake, Device device) {
        int live = Storages.count();
        try (var _ = Scope.open()) {
            check(mistake.name(), () -> mistake.work().accept(device), mistake.words());
        }
        Storages.assertAtMost(live);
    }

    private static void check(String name, Runnable work, String... words) {
        TensorException error = assertThrows(TensorException.class, work::run, name);
        for (String word : words) {
            assertTrue(
                    error.getMessage().contains(word),
                    () -> "no '" + word + "' in: " + error.getMessage());
        }
    }
}
