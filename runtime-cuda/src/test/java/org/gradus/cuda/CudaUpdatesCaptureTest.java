package org.gradus.cuda;

import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.data.Sample;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.models.Dcgan;
import org.gradus.models.Gan;
import org.gradus.models.GanTask;
import org.gradus.models.WganGp;
import org.gradus.models.WganGpTask;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.Module;
import org.gradus.nn.Sequential;
import org.gradus.optim.Adam;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;
import org.gradus.train.EpochReport;
import org.gradus.train.StepReport;
import org.gradus.train.Task;
import org.gradus.train.TensorBatch;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingException;
import org.gradus.train.TrainingListener;
import org.gradus.train.Update;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded steps that are not all alike: with several updates, or of other shapes later on. */
class CudaUpdatesCaptureTest {
    /** 6 batches of 8. */
    private static final Dataset TRAIN = Digits.train().take(48);

    /** How many steps of a kind are made before it is recorded. */
    private static final int WARM_UP = 3;

    /** Kernels are compiled once for all of these tests. */
    @TempDir static Path cache;

    private final Emulator emulator = Emulator.get();
    private final long replays = emulator.replays();
    private final long graphs = emulator.graphs();
    private final long graphsMade = emulator.graphsMade();
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
        assertEquals(graphs, emulator.graphs());
    }

    /** What a training reported. */
    private static final class Record implements TrainingListener {
        final List<Double> losses = new ArrayList<>();
        final List<String> reasons = new ArrayList<>();

        @Override
        public void onStep(StepReport report) {
            losses.add(report.loss());
            losses.addAll(report.otherLosses().values());
        }

        @Override
        public void onCaptureRefused(String reason) {
            reasons.add(reason);
        }
    }

    private Record train(Trainer trainer, String capture, Dataset data, int steps) {
        Record record = new Record();
        trainer.device(device)
                .seed(3)
                .batchSize(8)
                .capture(capture)
                .reportEvery(1)
                .listener(record)
                .fit(data, steps(steps));
        return record;
    }

    private Record train(Task task, String capture, int steps) {
        Trainer trainer =
                Trainer.of(task)
                        .optimizer(Adam.withLearningRate(2e-3))
                        .optimizer("generator", Adam.withLearningRate(1e-3));
        return train(trainer, capture, TRAIN, steps);
    }

    private static void assertSameBits(Module expected, Module actual) {
        Map<String, HostArray> others = actual.stateDict();
        expected.stateDict()
                .forEach(
                        (name, values) ->
                                assertArrayEquals(
                                        values.toDoubles(), others.get(name).toDoubles(), name));
    }

    // ---- several updates

    @Test
    void twoUpdatesInEachStepAreRecordedTogether() {
        Gan expected = Dcgan.of(1, 8, 4, 6);
        Record plain = train(new GanTask(expected), "off", 12);
        assertEquals(replays, emulator.replays());
        Gan actual = Dcgan.of(1, 8, 4, 6);
        Record captured = train(new GanTask(actual), "on", 12);
        assertEquals(12 - WARM_UP, emulator.replays() - replays);
        // with a check at the first repetition, and one in the second epoch
        assertEquals(1 + 2, emulator.graphsMade() - graphsMade);
        assertEquals(plain.losses, captured.losses);
        assertEquals(2 * 12, captured.losses.size());
        assertSameBits(expected, actual);
    }

    @Test
    void stepsWithAndWithoutTheSecondUpdateAreRecordedApart() {
        Gan expected = WganGp.of(1, 8, 4, 6);
        Record plain = train(new WganGpTask(expected, 3, 10), "off", 18);
        Gan actual = WganGp.of(1, 8, 4, 6);
        Record captured = train(new WganGpTask(actual, 3, 10), "on", 18);
        // 12 steps of the critic alone, 6 of both
        assertEquals(12 - WARM_UP + 6 - WARM_UP, emulator.replays() - replays);
        // the critic's alone at step 5 with checks at steps 7 and 13, where epochs begin; that of
        // both at step 12 with a check at step 15
        assertEquals(1 + 2 + 1 + 1, emulator.graphsMade() - graphsMade);
        assertEquals(plain.losses, captured.losses);
        assertSameBits(expected, actual);
    }

    // ---- what cannot be recorded

    /** A critic's game whose generator copies something to the device in each of its updates. */
    private record Uploading(WganGpTask game, Gan gan) implements Task {
        Uploading(Gan gan) {
            this(new WganGpTask(gan, 2, 10), gan);
        }

        @Override
        public Module model() {
            return gan;
        }

        @Override
        public List<Update> updates() {
            Update critic = game.updates().getFirst();
            Update generator = game.updates().getLast();
            return List.of(
                    critic,
                    new Update(
                            generator.name(),
                            generator.parameters(),
                            generator.every(),
                            batch -> generator.loss().of(batch).mul(two())));
        }

        private Tensor two() {
            return Tensor.of(HostArray.of(new float[] {2}, Shape.of(1)), gan.device());
        }

        @Override
        public Tensor evaluate(TensorBatch batch) {
            return game.evaluate(batch);
        }
    }

    @Test
    void anUpdateThatUploadsIsMadeAsBeforeAndTheOtherIsRecorded() {
        Gan expected = WganGp.of(1, 8, 4, 6);
        Record plain = train(new Uploading(expected), "off", 12);
        Gan actual = WganGp.of(1, 8, 4, 6);
        Record captured = train(new Uploading(actual), "auto", 12);
        assertEquals(List.of("it copies numbers from the host to the device"), captured.reasons);
        assertEquals(6 - WARM_UP, emulator.replays() - replays);
        assertEquals(plain.losses, captured.losses);
        assertSameBits(expected, actual);
        var problem =
                assertThrows(
                        TrainingException.class,
                        () -> train(new Uploading(WganGp.of(1, 8, 4, 6)), "on", 12));
        assertTrue(problem.getMessage().contains("copies numbers from the host"));
    }

    @Test
    void aLossThatUploadsIsMadeAsBefore() {
        Loss weighted =
                (output, target) -> {
                    float[] weights = {1, 2};
                    Tensor uploaded =
                            Tensor.of(HostArray.of(weights, Shape.of(2)), output.device());
                    return Loss.crossEntropy().of(output.mul(uploaded), target);
                };
        Sequential expected = new Sequential(new Linear(3, 2));
        Dataset data = new Lengths(8, _ -> 5);
        Record plain = train(averaging(expected).loss(weighted), "off", data, 8);
        Sequential actual = new Sequential(new Linear(3, 2));
        Record captured = train(averaging(actual).loss(weighted), "auto", data, 8);
        assertEquals(List.of("it copies numbers from the host to the device"), captured.reasons);
        assertEquals(replays, emulator.replays());
        assertEquals(plain.losses, captured.losses);
        assertSameBits(expected, actual);
    }

    /** What the weight of a loss is by the time of a step: a listener changes it. */
    private record Weighting(double[] weight, boolean byEpochs) implements TrainingListener {
        @Override
        public void onStep(StepReport report) {
            if (!byEpochs) {
                weight[0] = 1 + 0.01 * report.step();
            }
        }

        @Override
        public void onEpochEnd(EpochReport report) {
            if (byEpochs) {
                weight[0] = 1 + 0.1 * report.epoch();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWeightThatTheHostChangesIsNeverAnOldOne(boolean byEpochs) {
        Dataset data = new Lengths(8, _ -> 5);
        List<Record> records = new ArrayList<>();
        List<Sequential> models = new ArrayList<>();
        for (String capture : List.of("off", "auto")) {
            double[] weight = {1};
            Sequential model = new Sequential(new Linear(3, 2));
            Trainer trainer =
                    averaging(model)
                            .loss((x, y) -> Loss.crossEntropy().of(x, y).mul(weight[0]))
                            .listener(new Weighting(weight, byEpochs));
            records.add(train(trainer, capture, data, 20));
            models.add(model);
        }
        assertEquals(records.getFirst().losses, records.getLast().losses);
        assertSameBits(models.getFirst(), models.getLast());
        String reasons = String.join(" ", records.getLast().reasons);
        if (byEpochs) {
            assertEquals(20 - WARM_UP, emulator.replays() - replays);
            assertEquals("", reasons);
        } else {
            // the second time that it has changed is one time too many
            assertEquals(2, emulator.replays() - replays);
            assertTrue(reasons.contains("the host changes from step to step"), reasons);
        }
    }

    // ---- other shapes

    /**
     * Batches of sequences {@code [batch, length, 3]} with a class each, in their order.
     *
     * @param batches how many there are
     * @param length the length of a batch's sequences, by its number
     */
    private record Lengths(int batches, IntUnaryOperator length) implements Dataset {
        @Override
        public int size() {
            return 8 * batches;
        }

        @Override
        public Sample get(int index) {
            int steps = length.applyAsInt(index / 8);
            float[] values = new float[3 * steps];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(index + 0.7 * i);
            }
            return new Sample(
                    List.of(HostArray.of(values, Shape.of(steps, 3))),
                    HostArray.of(new long[] {index % 2}, Shape.scalar()));
        }

        @Override
        public boolean ordered() {
            return true;
        }

        @Override
        public String description() {
            return "sequences of several lengths";
        }
    }

    /** Returns a trainer of a layer that is given the mean over each sequence. */
    private static Trainer averaging(Sequential model) {
        return Trainer.of(model, inputs -> model.apply(inputs.getFirst().mean(1)))
                .optimizer(Adam.withLearningRate(1e-2))
                .loss(Loss.crossEntropy());
    }

    private Record assertSame(Dataset data, int steps) {
        Sequential expected = new Sequential(new Linear(3, 2));
        Record plain = train(averaging(expected), "off", data, steps);
        Sequential actual = new Sequential(new Linear(3, 2));
        Record captured = train(averaging(actual), "on", data, steps);
        assertEquals(plain.losses, captured.losses);
        assertSameBits(expected, actual);
        expected.release();
        actual.release();
        assertEquals(0, device.memory().usedBytes());
        return captured;
    }

    @Test
    void aLastingChangeOfShapeIsRecordedAnew() {
        // one step of another length between, and from the 11th on another for good
        assertSame(new Lengths(20, batch -> batch == 6 ? 4 : batch < 10 ? 5 : 7), 20);
        assertEquals(10 - 1 - WARM_UP + 10 - WARM_UP, emulator.replays() - replays, "repetitions");
        // each with a check at its first repetition
        assertEquals(2 * 2, emulator.graphsMade() - graphsMade, "recordings");
    }

    @Test
    void lengthsThatChangeAllTheTimeAreNotRecorded() {
        assertSame(new Lengths(20, batch -> 3 + batch % 3), 20);
        assertEquals(graphsMade, emulator.graphsMade());
    }
}
