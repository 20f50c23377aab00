package org.gradus.cuda;

import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.CaptureException;
import org.gradus.device.CapturedWork;
import org.gradus.device.Placeholder;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.metrics.Accuracy;
import org.gradus.models.Mlp;
import org.gradus.nn.BatchNorm2d;
import org.gradus.nn.Conv2d;
import org.gradus.nn.Dropout;
import org.gradus.nn.Flatten;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.MaxPool2d;
import org.gradus.nn.ReLU;
import org.gradus.nn.Sequential;
import org.gradus.optim.Adam;
import org.gradus.optim.Muon;
import org.gradus.optim.Schedule;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.StepReport;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingException;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded training steps, on the emulated driver: the bits of steps that are made one by one. */
class CudaCaptureTest {
    /** 7 batches of 16, the last of 4. */
    private static final Dataset TRAIN = Digits.train().take(100);

    private static final Dataset VALIDATION = Digits.validation().take(20);

    /** Kernels are compiled once for all of these tests. */
    @TempDir static Path cache;

    @TempDir Path folder;

    private final Emulator emulator = Emulator.get();
    private CudaDevice device;

    @BeforeEach
    void open() {
        Cuda cuda = Cuda.open(emulator.search());
        device =
                CudaDevice.open(
                        "cuda:0",
                        cuda.devices().getFirst(),
                        cuda,
                        1L << 30,
                        new BinaryCache(cache));
    }

    @AfterEach
    void close() {
        emulator.forgetErrors();
        device.close();
    }

    /** What a training reported, step by step. */
    private static final class Record implements TrainingListener {
        final List<Double> losses = new ArrayList<>();
        final List<Double> rates = new ArrayList<>();
        final List<String> reasons = new ArrayList<>();
        final Map<Long, Long> used = new TreeMap<>();
        private CudaDevice device;

        @Override
        public void onStep(StepReport report) {
            losses.add(report.loss());
            rates.add(report.learningRate());
            used.put(report.step(), device.memory().usedBytes());
        }

        @Override
        public void onCaptureRefused(String reason) {
            reasons.add(reason);
        }
    }

    private static Mlp model() {
        return new Mlp(64, List.of(16), 10, 0.2);
    }

    private Trainer trainer(Mlp model, String capture, Record record) {
        record.device = device;
        return Trainer.of(model)
                .device(device)
                .seed(3)
                .batchSize(16)
                .capture(capture)
                .optimizer(Adam.withLearningRate(1e-2))
                .schedule(Schedule.cosine(50))
                .clipNorm(1)
                .averaging(0.9)
                .loss(Loss.crossEntropy())
                .metric(new Accuracy())
                .reportEvery(1)
                .listener(record);
    }

    private static void assertSameBits(Mlp expected, Mlp actual) {
        Map<String, HostArray> others = actual.stateDict();
        expected.stateDict()
                .forEach(
                        (name, values) ->
                                assertArrayEquals(
                                        values.toFloats(), others.get(name).toFloats(), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "f16"})
    void fiftyStepsHaveTheSameBits(String precision) {
        long before = emulator.replays();
        Record plain = new Record();
        Mlp expected = model();
        var expectedResult =
                trainer(expected, "off", plain)
                        .precision(precision)
                        .fit(TRAIN, VALIDATION, steps(50));
        assertEquals(before, emulator.replays());
        Record captured = new Record();
        Mlp actual = model();
        var actualResult =
                trainer(actual, "on", captured)
                        .precision(precision)
                        .fit(TRAIN, VALIDATION, steps(50));
        // 3 steps before, and the smaller batch at the end of each of 7 epochs, are made one by one
        assertEquals(50 - 3 - 7, emulator.replays() - before);
        assertEquals(plain.losses, captured.losses);
        assertEquals(plain.rates, captured.rates);
        assertEquals(expectedResult.train(), actualResult.train());
        assertEquals(expectedResult.validation(), actualResult.validation());
        assertSameBits(expected, actual);
        assertEquals(List.of(), captured.reasons);
        expected.release();
        actual.release();
        assertEquals(0, device.memory().usedBytes());
    }

    @Test
    void convolutionsAndRunningStatisticsHaveTheSameBits() {
        Record plain = new Record();
        Record captured = new Record();
        List<Map<String, HostArray>> states = new ArrayList<>();
        for (Record record : List.of(plain, captured)) {
            record.device = device;
            var model =
                    new Sequential(
                            new Conv2d(1, 4, 3),
                            new BatchNorm2d(4),
                            new ReLU(),
                            new MaxPool2d(2),
                            new Dropout(0.1),
                            new Flatten(),
                            new Linear(36, 10));
            Trainer.of(model)
                    .device(device)
                    .batchSize(20)
                    .precision("bf16")
                    .accumulate(2)
                    .capture(record == plain ? "off" : "on")
                    .loss(Loss.crossEntropy())
                    .reportEvery(1)
                    .listener(record)
                    .fit(Digits.train().take(160), steps(9));
            states.add(model.stateDict());
            model.release();
        }
        assertEquals(plain.losses, captured.losses);
        assertEquals(18, states.get(1).get("1.num_batches_tracked").getLong(0));
        states.get(0)
                .forEach(
                        (name, values) ->
                                assertArrayEquals(
                                        values.toDoubles(),
                                        states.get(1).get(name).toDoubles(),
                                        name));
    }

    @Test
    void stepsOfWholeTensorsHaveTheSameBits() {
        Record plain = new Record();
        Record captured = new Record();
        for (Record record : List.of(plain, captured)) {
            Mlp model = model();
            trainer(model, record == plain ? "off" : "auto", record)
                    .optimizer(
                            parameters ->
                                    Muon.withLearningRate(0.02)
                                            .withOthers(parameters, Adam.withLearningRate(1e-2)))
                    .fit(TRAIN, steps(12));
            model.release();
        }
        assertEquals(plain.losses, captured.losses);
    }

    @Test
    void memoryStaysTheSameFromRepetitionToRepetition() {
        Record record = new Record();
        Mlp model = model();
        trainer(model, "on", record).fit(TRAIN, steps(27));
        assertEquals(record.used.get(12L), record.used.get(26L));
        model.release();
    }

    @Test
    void aResumedTrainingEndsWithTheSameBits() {
        Mlp expected = model();
        trainer(expected, "off", new Record()).fit(TRAIN, steps(20));
        trainer(model(), "on", new Record()).checkpoints(folder).fit(TRAIN, steps(9));
        Mlp actual = model();
        trainer(actual, "on", new Record()).checkpoints(folder).resume(true).fit(TRAIN, steps(20));
        assertSameBits(expected, actual);
    }

    @Test
    void aStepThatReadsAResultIsMadeAsBefore() {
        Loss reading =
                (output, target) -> {
                    Tensor loss = Loss.crossEntropy().of(output, target);
                    assertTrue(Double.isFinite(loss.item()));
                    return loss;
                };
        Mlp expected = model();
        trainer(expected, "off", new Record()).loss(reading).fit(TRAIN, steps(8));
        long before = emulator.replays();
        Record record = new Record();
        Mlp actual = model();
        trainer(actual, "auto", record).loss(reading).fit(TRAIN, steps(8));
        assertEquals(List.of("it reads a result"), record.reasons);
        assertEquals(before, emulator.replays());
        assertSameBits(expected, actual);
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                trainer(model(), "on", new Record())
                                        .loss(reading)
                                        .fit(TRAIN, steps(8)));
        assertTrue(problem.getMessage().contains("it reads a result"), problem.getMessage());
    }

    @Test
    void placeholdersTakeTheValuesOfEachRepetition() {
        Program program =
                Program.of(
                        Expr.input(0, DType.F32).add(Expr.scalar(0, DType.F32)),
                        Expr.scalar(1, DType.I64));
        View x = View.of(device.allocate(DType.F32, 2), Shape.of(2));
        View n = View.of(device.allocate(DType.I64, 2), Shape.of(2));
        device.fill(x, 0);
        long[] scalars = {Placeholder.of(0), Placeholder.of(1)};
        CapturedWork work =
                device.capture(
                        () -> device.map(program, x.shape(), scalars, List.of(x), List.of(x, n)));
        assertArrayEquals(new float[] {0, 0}, floats(x));
        work.replay(new long[] {Scalars.encode(1.5, DType.F32), 1L << 40});
        work.replay(new long[] {Scalars.encode(0.25, DType.F32), -7});
        assertArrayEquals(new float[] {1.75f, 1.75f}, floats(x));
        long[] last = new long[2];
        device.download(n.buffer(), 0, MemorySegment.ofArray(last));
        assertArrayEquals(new long[] {-7, -7}, last);
        work.close();
    }

    private float[] floats(View view) {
        float[] result = new float[(int) view.elements()];
        device.download(view.buffer(), 0, MemorySegment.ofArray(result));
        return result;
    }

    @Test
    void whatCannotBeRecordedSaysWhy() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(device, DType.F32, Shape.of(3));
            assertRefused("waits for the device", device::synchronize);
            assertRefused(
                    "from the host",
                    () -> Tensor.of(HostArray.of(new float[1], Shape.of(1)), device));
            Tensor old = Tensor.ones(device, DType.F32, Shape.of(3));
            assertRefused(
                    "gives memory back",
                    () -> {
                        old.add(x).compute();
                        old.release();
                    });
            // and the device goes on
            assertArrayEquals(new float[] {2, 2, 2}, x.add(x).toFloats());
        }
    }

    @Test
    void whatOtherRecordedWorkMakesIsNotUsed() {
        try (var _ = Scope.open()) {
            Tensor x = Tensor.ones(device, DType.F32, Shape.of(3));
            List<Tensor> made = new ArrayList<>();
            CapturedWork first = device.capture(() -> made.add(x.add(x).compute()));
            assertRefused("other recorded work", () -> x.add(made.getFirst()).compute());
            first.replay(new long[0]);
            assertArrayEquals(new float[] {2, 2, 2}, made.getFirst().toFloats());
            first.close();
        }
        assertEquals(0, device.memory().usedBytes());
    }

    private void assertRefused(String reason, Runnable work) {
        CaptureException problem = assertThrows(CaptureException.class, () -> device.capture(work));
        assertTrue(problem.getMessage().contains(reason), problem.getMessage());
    }
}
