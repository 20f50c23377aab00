package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.gradus.data.Digits;
import org.gradus.device.DeviceException;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.nn.LSTM;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Recurrences;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.Trainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers of recurrent networks by the emulated cuDNN, against the own kernels. */
class CudnnRecurrentTest {
    private static final int NOT_SUPPORTED = 3000;
    private static final int EXECUTION_FAILED = 5000;

    /** What a training step asks of cuDNN for a layer. */
    private static final int CALLS = 3;

    /** Kernels are compiled once for all of these tests. */
    @TempDir static Path cache;

    private final EmulatedCudnn cudnn = new EmulatedCudnn(9);
    private int objectsBefore;
    private CudaDevice device;
    private CudaDevice own;

    @BeforeEach
    void open() {
        objectsBefore = cudnn.objects();
        device = open(Cuda.open(cudnn.search()));
        own = open(Cuda.open(Emulator.get().search()));
    }

    private CudaDevice open(Cuda cuda) {
        DeviceInfo info = cuda.devices().getFirst();
        return CudaDevice.open("cuda:0", info, cuda, 1L << 28, new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        device.close();
        own.close();
        assertEquals(objectsBefore, cudnn.objects(), "descriptors and handles given back");
    }

    /** A layer and the sizes of its input. */
    record Case(
            Cell cell,
            int steps,
            int batch,
            int inputs,
            int hidden,
            int directions,
            boolean biased,
            DType dtype) {
        int gates() {
            return cell.gates() * hidden;
        }

        /** The shapes of input, initial states and the weights of each direction. */
        List<Shape> shapes() {
            List<Shape> shapes = new ArrayList<>();
            shapes.add(Shape.of(steps, batch, inputs));
            shapes.add(Shape.of(cell.states(), directions, batch, hidden));
            for (int d = 0; d < directions; d++) {
                shapes.add(Shape.of(gates(), inputs));
                shapes.add(Shape.of(gates(), hidden));
                if (biased) {
                    shapes.add(Shape.of(gates()));
                    shapes.add(Shape.of(gates()));
                }
            }
            return shapes;
        }

        List<Tensor> operands(CudaDevice on) {
            Random random = new Random(7);
            List<Tensor> operands = new ArrayList<>();
            for (Shape shape : shapes()) {
                float[] values = new float[(int) shape.elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (0.5 * random.nextGaussian());
                }
                operands.add(Tensor.of(HostArray.of(values, shape), on).to(dtype));
            }
            operands.forEach(Tensor::compute);
            return operands.stream().map(operand -> operand.detach().requireGradient()).toList();
        }

        Recurrences.LayerResult run(List<Tensor> operands, Tensor lengths) {
            int each = biased ? 4 : 2;
            List<Recurrences.Weights> weights = new ArrayList<>();
            for (int i = 2; i < operands.size(); i += each) {
                weights.add(
                        new Recurrences.Weights(
                                operands.get(i),
                                operands.get(i + 1),
                                biased ? operands.get(i + 2) : null,
                                biased ? operands.get(i + 3) : null));
            }
            return operands.get(0).recurrentLayer(cell, weights, operands.get(1), lengths);
        }
    }

    static Stream<Case> cases() {
        DType type = DType.F32;
        return Stream.of(
                new Case(Cell.LSTM, 5, 3, 4, 7, 1, true, type),
                new Case(Cell.LSTM, 4, 2, 3, 5, 2, true, type),
                new Case(Cell.LSTM, 3, 1, 1, 1, 2, false, type),
                new Case(Cell.GRU, 5, 3, 4, 7, 1, true, type),
                new Case(Cell.GRU, 4, 2, 9, 3, 2, true, type),
                new Case(Cell.GRU, 2, 2, 3, 5, 1, false, type),
                new Case(Cell.TANH, 5, 3, 4, 7, 2, true, type),
                new Case(Cell.RELU, 4, 3, 2, 5, 1, true, type));
    }

    /** A number that depends on each element of the results in another way. */
    private static Tensor sum(Recurrences.LayerResult result) {
        return weighted(result.output()).add(weighted(result.last()));
    }

    private static Tensor weighted(Tensor x) {
        Tensor all = x.flatten().to(DType.F32);
        return all.mul(Tensor.arange(x.device(), DType.F32, 0, all.size(0), 1).sin()).sum();
    }

    /** Returns output, last states and all gradients. */
    private static double[][] results(CudaDevice on, Case c, Tensor lengths) {
        try (var _ = Scope.open()) {
            List<Tensor> operands = c.operands(on);
            Recurrences.LayerResult result = c.run(operands, lengths);
            sum(result).backward();
            Stream<Tensor> gradients = operands.stream().map(Tensor::gradient);
            return Stream.concat(Stream.of(result.output(), result.last()), gradients)
                    .map(tensor -> tensor.toHost().toDoubles())
                    .toArray(double[][]::new);
        }
    }

    /** Compares both devices and returns how many calls of cuDNN the one took. */
    private int check(Case c) {
        int before = cudnn.calls();
        double[][] actual = results(device, c, null);
        int calls = cudnn.calls() - before;
        double[][] expected = results(own, c, null);
        assertEquals(calls, cudnn.calls() - before, "the own kernels do not call cuDNN");
        for (int i = 0; i < expected.length; i++) {
            DeviceTensors.assertClose(expected[i], actual[i], c.dtype, c + ", result " + i);
        }
        return calls;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void layersAreWhatTheOwnKernelsCompute(Case c) {
        assertEquals(CALLS, check(c));
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void inSixteenBitsToo(DType type) {
        assertEquals(CALLS, check(new Case(Cell.LSTM, 3, 2, 4, 5, 2, true, type)));
        assertEquals(CALLS, check(new Case(Cell.GRU, 3, 2, 4, 5, 1, true, type)));
    }

    @Test
    void whatTheOwnKernelsDoBetterStaysWithThem() {
        assertEquals(0, check(new Case(Cell.LSTM, 1, 2, 4, 5, 1, true, DType.F32)));
        assertEquals(0, check(new Case(Cell.LSTM, 3, 2, 4, 5, 1, true, DType.F64)));
        Case c = cases().findFirst().orElseThrow();
        int before = cudnn.calls();
        try (var _ = Scope.open()) {
            long[] lengths = {5, 0, 2};
            HostArray host = HostArray.of(lengths, Shape.of(3));
            double[][] actual = results(device, c, Tensor.of(host, device));
            double[][] expected = results(own, c, Tensor.of(host, own));
            assertArrayEquals(expected[0], actual[0], "the same kernels");
        }
        assertEquals(before, cudnn.calls(), "lengths are not known on the host");
    }

    @Test
    void withoutAGradientNothingIsKept() {
        Case c = cases().findFirst().orElseThrow();
        int before = cudnn.calls();
        try (var _ = Scope.open()) {
            List<Tensor> operands = c.operands(device);
            double[] recorded = c.run(operands, null).output().toHost().toDoubles();
            long used = device.memory().usedBytes();
            Tensor output =
                    Autograd.withoutGradients(() -> c.run(operands, null).output().compute());
            long states = c.shapes().get(1).elements() * Float.BYTES;
            long results = output.shape().elements() * Float.BYTES + states;
            assertTrue(device.memory().usedBytes() - used <= results + 1024);
            assertArrayEquals(recorded, output.toHost().toDoubles());
        }
        assertEquals(2, cudnn.calls() - before);
    }

    @Test
    void aGradientCanBeTakenTwice() {
        Case c = cases().findFirst().orElseThrow();
        try (var _ = Scope.open()) {
            List<Tensor> operands = c.operands(device);
            Tensor sum = sum(c.run(operands, null));
            sum.backwardRetainingGraph();
            double[] once = operands.get(2).gradient().toHost().toDoubles();
            sum.backward();
            double[] twice = operands.get(2).gradient().toHost().toDoubles();
            for (int i = 0; i < once.length; i++) {
                assertEquals(2 * once[i], twice[i], 1e-6 * Math.abs(twice[i]));
            }
        }
    }

    private static double[] secondOrder(CudaDevice on, Case c) {
        try (var _ = Scope.open()) {
            List<Tensor> operands = c.operands(on);
            Tensor sum = sum(c.run(operands, null));
            Tensor slope = Autograd.gradients(sum, null, List.of(operands.get(0)), true).get(0);
            slope.mul(slope).sum().backward();
            return operands.get(2).gradient().toHost().toDoubles();
        }
    }

    @Test
    void gradientsOfHigherOrderAreThoseOfThePlainDefinition() {
        Case c = new Case(Cell.GRU, 2, 2, 3, 3, 1, true, DType.F32);
        DeviceTensors.assertClose(secondOrder(own, c), secondOrder(device, c), c.dtype, "slope");
    }

    @Test
    void whatCudnnDoesNotSupportGoesToTheOwnKernels() {
        Case c = cases().findFirst().orElseThrow();
        cudnn.failNext(NOT_SUPPORTED);
        assertEquals(0, check(c));
        assertEquals(0, check(c), "it is not asked again");
    }

    @Test
    void whatFailsIsReportedWithTheLayer() {
        Case c = cases().findFirst().orElseThrow();
        cudnn.failNext(EXECUTION_FAILED);
        var failure = assertThrows(DeviceException.class, () -> results(device, c, null));
        String message = failure.getMessage();
        assertTrue(message.contains("could not run LSTM over f32[5, 3, 4]"), message);
        assertTrue(message.contains("by cuDNN 9.99.0: cudnnRNNForward"), message);
    }

    @Test
    void itIsSaidWhatServes() {
        assertEquals(
                "cuDNN 9.99.0, " + cudnn.file(),
                device.capabilities().details().get("recurrent layers"));
        String without = own.capabilities().details().get("recurrent layers");
        assertTrue(without.startsWith("own kernels, as libcudnn.so.9 is not in"), without);
        Cuda eight = Cuda.open(new EmulatedCudnn(8).search());
        try (CudaDevice older = open(eight)) {
            String expected = "own kernels, as cuDNN 8 serves for convolutions alone";
            assertEquals(expected, older.capabilities().details().get("recurrent layers"));
            DeviceInfo info = eight.devices().getFirst();
            assertEquals(expected, info.capabilities(eight).details().get("recurrent layers"));
        }
    }

    /** What a native library reads, which is not what Java read at the start. */
    @SuppressWarnings("restricted") // a function of the C library
    private static String variable(String name) throws Throwable {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found =
                    (MemorySegment)
                            linker.downcallHandle(
                                            linker.defaultLookup().find("getenv").orElseThrow(),
                                            FunctionDescriptor.of(ADDRESS, ADDRESS))
                                    .invokeExact(arena.allocateFrom(name));
            return found.reinterpret(64).getString(0);
        }
    }

    @Test
    void buffersOfOneSizeMakeItDeterministic() throws Throwable {
        String given = System.getenv("CUBLAS_WORKSPACE_CONFIG");
        assertEquals(given == null ? ":4096:2" : given, variable("CUBLAS_WORKSPACE_CONFIG"));
    }

    /** Reads the rows of a picture one after the other. */
    private static final class Reader extends Layer {
        private final LSTM lstm = module("lstm", new LSTM(8, 6).bidirectional());
        private final Linear head = module("head", new Linear(12, 10));

        @Override
        protected Tensor forward(Tensor x) {
            Tensor rows = x.reshape(x.size(0), 8, 8);
            return head.apply(lstm.apply(rows).output().mean(1));
        }
    }

    private float[] trained(String capture) {
        Reader reader = new Reader();
        Trainer.of(reader)
                .device(device)
                .seed(3)
                .batchSize(8)
                .capture(capture)
                .optimizer(Adam.withLearningRate(1e-2))
                .loss(Loss.crossEntropy())
                .fit(Digits.train().take(48), steps(9));
        float[] weights = reader.parameters().get("lstm.weight_hh_l0_reverse").value().toFloats();
        reader.release();
        return weights;
    }

    @Test
    void aRecordedTrainingEndsWithTheSameBits() {
        float[] expected = trained("off");
        long before = Emulator.get().replays();
        assertArrayEquals(expected, trained("on"));
        assertTrue(Emulator.get().replays() > before, "steps were repeated");
    }
}
