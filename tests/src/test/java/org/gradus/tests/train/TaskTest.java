package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.assertSameCheckpoint;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.train.TrainingLength.epochs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.metrics.Mean;
import org.gradus.models.Autoencoder;
import org.gradus.models.Dcgan;
import org.gradus.models.Gan;
import org.gradus.models.GanTask;
import org.gradus.models.Mlp;
import org.gradus.models.ResNet;
import org.gradus.models.Vae;
import org.gradus.models.VaeTask;
import org.gradus.models.WganGp;
import org.gradus.models.WganGpTask;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.optim.SGD;
import org.gradus.tensor.HostArray;
import org.gradus.train.Checkpoint;
import org.gradus.train.Evaluator;
import org.gradus.train.StepReport;
import org.gradus.train.StopRequest;
import org.gradus.train.Supervised;
import org.gradus.train.Task;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingException;
import org.gradus.train.TrainingListener;
import org.gradus.train.TrainingResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of task trains, and goes on to the same bits when it was stopped. */
class TaskTest {
    /** 5 batches of 16, the last of 8. */
    private static final Dataset TRAIN = Digits.train().take(72);

    private static final Dataset VALIDATION = Digits.validation().take(24);
    private static final int STEPS_PER_EPOCH = 5;

    @TempDir private Path folder;

    /** A kind of task, made anew for each training. */
    private record Kind(String name, Supplier<Task> task) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("resnet", TaskTest::resNet),
                new Kind("autoencoder", TaskTest::autoencoder),
                new Kind("vae", () -> new VaeTask(new Vae(1, 8, 8, 4, 3))),
                new Kind("gan", () -> new GanTask(Dcgan.of(1, 8, 4, 5), 0.1)),
                new Kind("wgan-gp", () -> new WganGpTask(WganGp.of(1, 8, 4, 5), 2, 10)));
    }

    private static Task resNet() {
        ResNet model = new ResNet(1, 4, List.of(1, 1), 10);
        return Supervised.of(model, Loss.crossEntropy());
    }

    private static Task autoencoder() {
        return Supervised.reconstruction(
                new Autoencoder(1, 8, 8, 4, 6), Loss.binaryCrossEntropyWithLogits());
    }

    private static Trainer trainer(Task task) {
        return Trainer.of(task)
                .device("cpu")
                .seed(3)
                .batchSize(16)
                .optimizer(Adam.withLearningRate(5e-3))
                .averaging(0.9)
                .clipNorm(100)
                .reportEvery(1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theLossFalls(Kind kind) {
        List<Double> losses = new ArrayList<>();
        trainer(kind.task.get())
                .listener(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepReport report) {
                                losses.add(report.loss());
                            }
                        })
                .fit(TRAIN, epochs(4));
        double before = mean(losses.subList(0, 2));
        double after = mean(losses.subList(losses.size() - 2, losses.size()));
        assertTrue(after < 0.97 * before, "from " + before + " to " + after);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aStoppedTrainingContinuesToTheSameBits(Kind kind) {
        Path through = folder.resolve("through");
        TrainingResult expected =
                trainer(kind.task.get()).checkpoints(through).fit(TRAIN, VALIDATION, epochs(2));
        Path stopped = folder.resolve("stopped");
        for (int step : new int[] {2, STEPS_PER_EPOCH, 8}) {
            StopRequest stop = new StopRequest();
            trainer(kind.task.get())
                    .checkpoints(stopped)
                    .resume(true)
                    .stopRequest(stop)
                    .listener(stopAt(step, stop))
                    .fit(TRAIN, VALIDATION, epochs(2));
        }
        TrainingResult resumed =
                trainer(kind.task.get())
                        .checkpoints(stopped)
                        .resume(true)
                        .fit(TRAIN, VALIDATION, epochs(2));
        assertSameCheckpoint(newest(through), newest(stopped));
        assertEquals(expected.validation(), resumed.validation());
    }

    private static TrainingListener stopAt(int step, StopRequest stop) {
        return new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
                if (report.step() == step) {
                    stop.request();
                }
            }
        };
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void nothingIsLeftInMemoryButTheModelAndThatCanBeReleased(Kind kind) {
        Device device =
                Devices.providers().stream()
                        .filter(provider -> provider.name().equals("cpu"))
                        .findFirst()
                        .orElseThrow()
                        .open(0);
        try (device) {
            Task task = kind.task.get();
            task.model().initialize(device, 1);
            long before = device.memory().buffers();
            trainer(task).device(device).fit(TRAIN, VALIDATION, epochs(1));
            assertEquals(before, device.memory().buffers());
            task.model().release();
            assertEquals(0, device.memory().buffers());
            assertFalse(task.model().isInitialized());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anUpdateTakesPlaceInEverySoManySteps(int every) {
        Task task = new WganGpTask(WganGp.of(1, 8, 4, 5), every, 10);
        List<Boolean> reported = new ArrayList<>();
        trainer(task)
                .listener(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepReport report) {
                                boolean has = report.otherLosses().containsKey("generator_loss");
                                reported.add(has);
                            }
                        })
                .fit(TRAIN, epochs(1));
        for (int step = 1; step <= STEPS_PER_EPOCH; step++) {
            assertEquals(step % every == 0, reported.get(step - 1), "step " + step);
        }
    }

    @Test
    void anUpdateChangesItsOwnParametersOnlyByItsOwnOptimizer() {
        Gan model = Dcgan.of(1, 8, 4, 5);
        model.initialize(Devices.of("cpu"), 3);
        Map<String, HostArray> before = model.stateDict();
        trainer(new GanTask(model))
                .averaging(0)
                // Zero in single precision.
                .optimizer("generator", SGD.withLearningRate(1e-60))
                .fit(TRAIN, epochs(1));
        Map<String, HostArray> after = model.stateDict();
        for (String name : model.parameters().keySet()) {
            assertEquals(
                    name.startsWith("generator."), same(before.get(name), after.get(name)), name);
        }
    }

    private static boolean same(HostArray first, HostArray second) {
        return Arrays.equals(first.toDoubles(), second.toDoubles());
    }

    @Test
    void anOptimizerOfAnUnknownUpdateIsRefused() {
        Trainer trainer =
                trainer(new GanTask(Dcgan.of(1, 8, 4, 5)))
                        .optimizer("critic", SGD.withLearningRate(0.1));
        String message =
                assertThrows(TrainingException.class, () -> trainer.fit(TRAIN, epochs(1)))
                        .getMessage();
        assertTrue(message.contains("\"critic\"") && message.contains("generator"), message);
    }

    @Test
    void aLossThatIsNoNumberIsToldByItsUpdate() {
        Trainer trainer =
                trainer(new GanTask(Dcgan.of(1, 8, 4, 5)))
                        .clipNorm(Double.MAX_VALUE)
                        .optimizer("generator", SGD.withLearningRate(1e38));
        String message =
                assertThrows(TrainingException.class, () -> trainer.fit(TRAIN, epochs(2)))
                        .getMessage();
        assertTrue(message.contains("became"), message);
        assertTrue(message.contains("learning rate"), message);
    }

    @Test
    void aTaskHasItsOwnLoss() {
        Trainer trainer = trainer(autoencoder());
        assertThrows(IllegalStateException.class, () -> trainer.loss(Loss.crossEntropy()));
    }

    @Test
    void evaluationsAreOfTheAveragesWhichTheModelHasInTheEnd() {
        Task task = autoencoder();
        Path checkpoints = folder.resolve("averaged");
        TrainingResult result =
                trainer(task).checkpoints(checkpoints).fit(TRAIN, VALIDATION, epochs(2));
        assertEquals(result.validation(), evaluated(task));
        Checkpoint saved = Checkpoint.read(newest(checkpoints));
        SmallTraining.assertSameTensors(task.model().stateDict(), saved.model());

        Task plain = autoencoder();
        trainer(plain).averaging(0).fit(TRAIN, VALIDATION, epochs(2));
        assertFalse(evaluated(plain).equals(result.validation()), "averages change nothing");
    }

    private static Map<String, Double> evaluated(Task task) {
        return new HashMap<>(Evaluator.of(task).batchSize(16).evaluate(VALIDATION).values());
    }

    @Test
    void whatIsMeasuredIsReportedByName() {
        Task task = new VaeTask(new Vae(1, 8, 8, 4, 3), 0.5);
        TrainingResult result = trainer(task).averaging(0).fit(TRAIN, VALIDATION, epochs(1));
        Map<String, Double> values = result.validation();
        assertEquals(Set.of("loss", "reconstruction", "divergence"), values.keySet());
        assertEquals(
                values.get("loss"),
                values.get("reconstruction") + 0.5 * values.get("divergence"),
                // sums over batches in single precision, around 40
                1e-4);
    }

    @Test
    void whatOnlyAnExaminationMeasuresHasNoValueForTheTrainingSet() {
        Mean examined = Mean.ofScores("examined");
        List<Integer> sizes = new ArrayList<>();
        Supervised task =
                Supervised.of(new Mlp(64, List.of(8), 10, 0), Loss.crossEntropy())
                        .examination(
                                examined,
                                dataset -> {
                                    sizes.add(dataset.size());
                                    examined.add(sizes.size(), 3);
                                });
        TrainingResult result =
                trainer(task).averaging(0).monitor("examined").fit(TRAIN, VALIDATION, epochs(2));
        assertEquals(List.of(VALIDATION.size(), VALIDATION.size()), sizes);
        assertEquals(Set.of("loss"), result.train().keySet());
        assertEquals(2, result.validation().get("examined"));
        assertEquals(2 * STEPS_PER_EPOCH, result.bestStep());
    }
}
