package org.gradus.cuda;

import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUevent;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Emulator.Order;
import org.gradus.cuda.Handles.HostPointer;
import org.gradus.cuda.Handles.Stream;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.Buffer;
import org.gradus.device.CaptureException;
import org.gradus.device.DeviceMemoryException;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.metrics.Accuracy;
import org.gradus.models.Mlp;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.train.StepReport;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Uploads beside the work of a device, on the emulated driver, which puts off one or the other: the
 * planted mistakes show that it finds a missing event.
 */
class CudaUploadTest {
    private static final Program ADD_ONE = Program.of(Expr.input(0, DType.F32).add(1));
    private static final Program ADD =
            Program.of(Expr.input(0, DType.F32).add(Expr.input(1, DType.F32)));

    /** Larger than the smallest of the pinned pieces. */
    private static final int LENGTH = 5000;

    /** Kernels are compiled once for all of these tests. */
    @TempDir static Path cache;

    private final Emulator emulator = Emulator.get();
    private CudaDevice device;

    @BeforeEach
    void open() {
        device = open(1L << 30);
    }

    private CudaDevice open(long limit) {
        Cuda cuda = Cuda.open(emulator.search());
        return CudaDevice.open(
                "cuda:0", cuda.devices().getFirst(), cuda, limit, new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        emulator.setOrder(Order.AS_CALLED);
        emulator.forgetErrors();
        device.close();
    }

    private View vector(float... values) {
        Buffer buffer = device.allocate(DType.F32, values.length);
        device.upload(MemorySegment.ofArray(values), buffer, 0);
        return View.of(buffer, Shape.of(values.length));
    }

    private View ahead(float... values) {
        Buffer buffer = device.uploadAhead(DType.F32, MemorySegment.ofArray(values));
        return View.of(buffer, Shape.of(values.length));
    }

    private void addOne(View x, View result) {
        device.map(ADD_ONE, x.shape(), new long[0], List.of(x), List.of(result));
    }

    private void add(View x, View sum) {
        device.map(ADD, x.shape(), new long[0], List.of(sum, x), List.of(sum));
    }

    private float[] read(View view) {
        float[] result = new float[(int) view.elements()];
        device.download(view.buffer(), view.offset(), MemorySegment.ofArray(result));
        return result;
    }

    /** Returns what the device has in a block now: its memory is the host's. */
    @SuppressWarnings("restricted") // a block of that length
    private float[] look(View view) {
        return MemorySegment.ofAddress(device.stream().address(view))
                .reinterpret(view.elements() * Float.BYTES)
                .toArray(ValueLayout.JAVA_FLOAT);
    }

    private static float[] filled(int value) {
        float[] values = new float[LENGTH];
        Arrays.fill(values, value);
        return values;
    }

    // ---- what the emulator finds

    @ParameterizedTest
    @CsvSource({"COPIES_LATE, false, 2", "COPIES_LATE, true, 11"})
    void aKernelThatDoesNotWaitForACopyComesBeforeIt(Order order, boolean waits, float expected) {
        assertEquals(expected, raced(order, waits, false));
    }

    @ParameterizedTest
    @CsvSource({"KERNELS_LATE, false, 11", "KERNELS_LATE, true, 2"})
    void aCopyThatDoesNotWaitForAKernelComesBeforeIt(Order order, boolean waits, float expected) {
        assertEquals(expected, raced(order, waits, true));
    }

    /** Adds 1 to a number, 1 or 10, that a second stream overwrites: before or after the kernel. */
    private float raced(Order order, boolean waits, boolean kernelFirst) {
        View x = vector(1);
        View result = vector(0);
        device.synchronize();
        CUstream first = device.stream().stream();
        Stream second = new Stream();
        CUevent event = new CUevent();
        JCudaDriver.cuStreamCreate(second, 0);
        JCudaDriver.cuEventCreate(event, 0);
        emulator.setOrder(order);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ten = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 10);
            if (kernelFirst) {
                addOne(x, result);
                JCudaDriver.cuEventRecord(event, first);
                if (waits) {
                    JCudaDriver.cuStreamWaitEvent(second, event, 0);
                }
            }
            JCudaDriver.cuMemcpyHtoDAsync(
                    device.stream().pool().block(x.buffer()), new HostPointer(ten), 4, second);
            if (!kernelFirst) {
                JCudaDriver.cuEventRecord(event, second);
                if (waits) {
                    JCudaDriver.cuStreamWaitEvent(first, event, 0);
                }
                addOne(x, result);
            }
            float found = read(result)[0];
            JCudaDriver.cuEventDestroy(event);
            JCudaDriver.cuStreamDestroy(second);
            return found;
        }
    }

    // ---- the device

    @ParameterizedTest
    @EnumSource(Order.class)
    void eachStepReadsItsOwnNumbers(Order order) {
        View sum = vector(new float[LENGTH]);
        emulator.setOrder(order);
        View next = ahead(filled(0));
        float expected = 0;
        for (int step = 1; step <= 30; step++) {
            View x = next;
            add(x, sum);
            x.buffer().release();
            float[] values = filled(step * step);
            next = ahead(values);
            // the source may be changed at once
            Arrays.fill(values, -1);
            add(next, sum);
            expected += 2 * step * step;
        }
        expected -= 30 * 30;
        assertArrayEquals(filled((int) expected), read(sum));
        assertEquals(0, emulator.waiting());
    }

    @Test
    void theCopyIsDoneWhileTheStepBeforeIsUnderWay() {
        View sum = vector(new float[LENGTH]);
        emulator.setOrder(Order.KERNELS_LATE);
        View x = ahead(filled(1));
        for (int step = 2; step < 6; step++) {
            add(x, sum);
            x.buffer().release();
            x = ahead(filled(step));
            if (step > 3) {
                assertArrayEquals(filled(step), look(x));
                assertTrue(emulator.waiting() > 0);
            }
        }
        assertArrayEquals(filled(1 + 2 + 3 + 4), read(sum));
    }

    @Test
    void twoBlocksTakeTurns() {
        View sum = vector(new float[LENGTH]);
        long before = emulator.blocks();
        for (int step = 0; step < 20; step++) {
            View x = ahead(filled(step));
            add(x, sum);
            x.buffer().release();
        }
        assertEquals(2, emulator.blocks() - before);
        long used = device.memory().usedBytes();
        assertEquals(2L * LENGTH * Float.BYTES, device.memory().cachedBytes());
        device.trim();
        assertEquals(used, device.memory().usedBytes());
        assertEquals(0, device.memory().cachedBytes());
        assertEquals(before, emulator.blocks());
        assertArrayEquals(filled(20 * 19 / 2), read(sum));
    }

    @Test
    void pinnedMemoryIsUsedAgainOnlyAfterItsCopy() {
        emulator.setOrder(Order.COPIES_LATE);
        List<View> views = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            views.add(vector(filled(i)));
        }
        assertTrue(emulator.waiting() >= 10);
        for (int i = 0; i < 10; i++) {
            assertArrayEquals(filled(i), read(views.get(i)));
        }
    }

    @Test
    void thereMayBeNoMemoryAhead() {
        device.close();
        device = open(1 << 20);
        Buffer most = device.allocate(DType.F32, (1 << 18) - 1000);
        assertThrows(DeviceMemoryException.class, () -> ahead(filled(1)));
        most.release();
        assertArrayEquals(filled(1), read(ahead(filled(1))));
    }

    @Test
    void anUploadAheadIsNotRecorded() {
        var problem = assertThrows(CaptureException.class, () -> device.capture(() -> ahead(1, 2)));
        assertTrue(problem.getMessage().contains("from the host"), problem.getMessage());
    }

    // ---- trainings

    /** 7 batches of 16, the last of 4. */
    private static final Dataset TRAIN = Digits.train().take(100);

    private static final Dataset VALIDATION = Digits.validation().take(40);

    private record Trained(
            List<Double> losses, Map<String, HostArray> state, Map<String, Double> validation) {}

    private Trained train(Order order, String capture) {
        emulator.setOrder(order);
        List<Double> losses = new ArrayList<>();
        Mlp model = new Mlp(64, List.of(16), 10, 0.2);
        var result =
                Trainer.of(model)
                        .device(device)
                        .seed(3)
                        .batchSize(16)
                        .evaluationBatchSize(8)
                        .capture(capture)
                        .optimizer(Adam.withLearningRate(1e-2))
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy())
                        .reportEvery(5)
                        .listener(
                                new TrainingListener() {
                                    @Override
                                    public void onStep(StepReport report) {
                                        losses.add(report.loss());
                                    }
                                })
                        .fit(TRAIN, VALIDATION, steps(24));
        Trained trained = new Trained(losses, model.stateDict(), result.validation());
        model.release();
        assertEquals(0, device.memory().usedBytes());
        return trained;
    }

    @Test
    void trainingsHaveTheSameBitsWhateverIsLate() {
        Trained expected = train(Order.AS_CALLED, "off");
        for (Order order : List.of(Order.COPIES_LATE, Order.KERNELS_LATE)) {
            for (String capture : List.of("off", "on")) {
                Trained actual = train(order, capture);
                assertEquals(expected.losses(), actual.losses());
                assertEquals(expected.validation(), actual.validation());
                expected.state()
                        .forEach(
                                (name, values) ->
                                        assertArrayEquals(
                                                values.toFloats(),
                                                actual.state().get(name).toFloats(),
                                                name));
            }
        }
    }
}
