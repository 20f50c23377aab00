package org.gradus.tests.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.gradus.cpu.CpuDevice;
import org.gradus.device.Device;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.AttentionOptions;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Results do not depend on the number of threads, nor on the run, by a single bit. Large enough
 * operations are here besides the golden cases, most of which one thread does alone.
 */
class DeterminismTest {
    private static final AttentionOptions CAUSAL = AttentionOptions.DEFAULT.withCausal();
    private static final int[] THREADS = {1, 2, 3};
    private static final List<Device> DEVICES = new ArrayList<>();

    private final Operations operations = Operations.all();

    @BeforeAll
    static void open() {
        for (int threads : THREADS) {
            DEVICES.add(new CpuDevice(threads));
        }
    }

    @AfterAll
    static void close() {
        DEVICES.forEach(Device::close);
        DEVICES.clear();
    }

    @TestFactory
    Stream<DynamicTest> goldenCasesGiveEqualBitsOnAnyNumberOfThreads() {
        return Goldens.read().stream()
                .map(
                        golden ->
                                DynamicTest.dynamicTest(
                                        golden.name(),
                                        () -> compare(device -> run(golden, device))));
    }

    @TestFactory
    Stream<DynamicTest> largeOperationsGiveEqualBitsOnAnyNumberOfThreads() {
        return large().entrySet().stream()
                .map(
                        entry ->
                                DynamicTest.dynamicTest(
                                        entry.getKey(),
                                        () -> compare(device -> run(entry.getValue(), device))));
    }

    @TestFactory
    Stream<DynamicTest> largeOperationsGiveEqualBitsWhenRunAgain() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            Map<String, Function<List<Tensor>, Tensor>> large = large();
            for (String name : TestDevices.cases(device, List.copyOf(large.keySet()), 6)) {
                Function<List<Tensor>, Tensor> work = large.get(name);
                tests.add(
                        DynamicTest.dynamicTest(
                                device.name() + ": " + name,
                                () ->
                                        assertEqualBits(
                                                "again", run(work, device), run(work, device))));
            }
        }
        return tests.stream();
    }

    private static Map<String, Function<List<Tensor>, Tensor>> large() {
        Map<String, Function<List<Tensor>, Tensor>> work = new LinkedHashMap<>();
        int[] one = {1, 1};
        Window three = new Window(new int[] {3, 3}, one, one, one);
        Window two = new Window(new int[] {2, 2}, new int[] {2, 2}, new int[] {0, 0}, one);
        work.put("sum of all", x -> x.get(0).sum());
        work.put("sum of rows", x -> x.get(0).sum(1));
        work.put("sum of columns", x -> x.get(0).sum(0));
        work.put("chain", x -> x.get(0).gelu().mul(x.get(1)).tanh());
        work.put("broadcast", x -> x.get(0).add(x.get(1).narrow(0, 0, 1)).exp());
        work.put("variance", x -> x.get(0).var(0));
        work.put("softmax", x -> x.get(0).softmax(1));
        work.put("logSoftmax", x -> x.get(0).logSoftmax(0));
        work.put("layerNorm", x -> x.get(0).layerNorm(1, null, null, 1e-5));
        work.put("batchNorm", x -> images(x.get(0)).batchNorm(null, null, 1e-5).output());
        work.put("matmul", x -> x.get(0).matmul(x.get(1).mT()));
        work.put("matmul of columns", x -> x.get(0).mT().matmul(x.get(1)));
        work.put("batched matmul", x -> batches(x.get(0)).matmul(batches(x.get(1)).mT()));
        work.put("convolve", x -> images(x.get(0)).convolve(filters(x.get(1)), null, three, 1));
        work.put("attention", x -> heads(x.get(0)).attention(heads(x.get(1)), heads(x.get(1))));
        work.put("causal attention", x -> packed(x.get(0)).packedAttention(4, 2, CAUSAL));
        work.put("maxPool", x -> images(x.get(0)).maxPool(two));
        work.put("averagePool", x -> images(x.get(0)).averagePool(two, true));
        work.put("LSTM", x -> recurrence(Cell.LSTM, x));
        work.put("GRU", x -> recurrence(Cell.GRU, x));
        work.put("CTC", x -> ctc(x.get(0)));
        work.put("cumsum", x -> x.get(0).cumsum(1));
        work.put("sort", x -> x.get(0).sort(1, false).values());
        work.put(
                "scatterAdd",
                x -> {
                    Tensor index = new Generator(5).integers(x.get(0).device(), Shape.of(512), 7);
                    return x.get(0).indexSelect(0, index).sum(1);
                });
        work.put("dropout", x -> new Generator(3).dropout(x.get(0), 0.3));
        return work;
    }

    private static Tensor ctc(Tensor x) {
        Tensor logs = x.flatten().narrow(0, 0, 60 * 40 * 30).reshape(60, 40, 30).logSoftmax(2);
        Tensor labels = new Generator(5).integers(x.device(), Shape.of(40, 12), 30);
        Tensor times = Tensor.full(x.device(), DType.I64, Shape.of(40), 60);
        return logs.ctc(labels, times, times.zerosLike().add(12), 0);
    }

    private static Tensor recurrence(Cell cell, List<Tensor> x) {
        int hidden = 112;
        int wide = cell.gates() * hidden;
        Tensor inputs = x.get(0).flatten().narrow(0, 0, 7 * 40 * wide).reshape(7, 40, wide);
        Tensor weight = x.get(1).flatten().narrow(0, 0, wide * hidden).mul(0.1);
        Tensor initial = x.get(1).flatten().narrow(0, 0, cell.states() * 40 * hidden);
        return inputs.recurrence(
                cell,
                weight.reshape(wide, hidden),
                null,
                initial.reshape(cell.states(), 40, hidden),
                null,
                true);
    }

    /** [16, 8, 32, 32] of [512, 256]. */
    private static Tensor images(Tensor x) {
        return x.reshape(16, 8, 32, 32);
    }

    /** [2, 4, 512, 32] of [512, 256]. */
    private static Tensor heads(Tensor x) {
        return x.reshape(512, 2, 4, 32).permute(1, 2, 0, 3);
    }

    /** [1, 512, 256], 32 for each of 4 heads and of 2 key heads' keys and values. */
    private static Tensor packed(Tensor x) {
        return x.reshape(1, 512, 256);
    }

    private static Tensor batches(Tensor x) {
        return x.reshape(32, 64, 64);
    }

    private static Tensor filters(Tensor x) {
        return x.flatten().narrow(0, 0, 12 * 8 * 9).reshape(12, 8, 3, 3);
    }

    private List<HostArray> run(Golden golden, Device device) {
        Computation result =
                Computation.of(operations, golden, device, DType.F32, Layout.TRANSPOSED);
        List<HostArray> all = new ArrayList<>(result.outputs());
        all.addAll(result.gradients().values());
        return all;
    }

    private static List<HostArray> run(Function<List<Tensor>, Tensor> work, Device device) {
        try (var _ = Scope.open()) {
            var random = new Generator(7);
            List<Tensor> inputs = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                inputs.add(random.normal(device, Shape.of(512, 256)).compute().requireGradient());
            }
            Tensor output = work.apply(inputs);
            Tensor seed = random.normal(device, output.shape());
            List<HostArray> all = new ArrayList<>();
            all.add(output.toHost());
            Autograd.gradients(output, seed, inputs, false).forEach(g -> all.add(g.toHost()));
            return all;
        }
    }

    private static void compare(Function<Device, List<HostArray>> work) {
        List<HostArray> expected = work.apply(DEVICES.getFirst());
        for (int i = 1; i < THREADS.length; i++) {
            assertEqualBits(THREADS[i] + " threads", expected, work.apply(DEVICES.get(i)));
        }
    }

    private static void assertEqualBits(String what, List<HostArray> a, List<HostArray> b) {
        assertEquals(a.size(), b.size());
        for (int i = 0; i < a.size(); i++) {
            long difference = a.get(i).data().mismatch(b.get(i).data());
            assertEquals(-1, difference, what + ": first different byte of result " + i);
        }
    }
}
