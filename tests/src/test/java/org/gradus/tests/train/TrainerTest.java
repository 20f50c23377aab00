package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameTensors;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.data.InMemoryDataset;
import org.gradus.device.Device;
import org.gradus.metrics.Accuracy;
import org.gradus.models.DigitsCnn;
import org.gradus.models.Mlp;
import org.gradus.nn.Linear;
import org.gradus.nn.Loss;
import org.gradus.nn.Sequential;
import org.gradus.optim.Adam;
import org.gradus.optim.SGD;
import org.gradus.optim.Schedule;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.TensorException;
import org.gradus.train.Checkpoint;
import org.gradus.train.Checkpoints;
import org.gradus.train.EpochReport;
import org.gradus.train.Evaluation;
import org.gradus.train.Evaluator;
import org.gradus.train.Prediction;
import org.gradus.train.Predictor;
import org.gradus.train.TensorBoardListener;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingException;
import org.gradus.train.TrainingListener;
import org.gradus.train.TrainingResult;
import org.gradus.train.TrainingResult.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training comes to, and how it ends. */
class TrainerTest {
    private static final Device CPU = Device.of("cpu");

    @TempDir Path folder;

    @Test
    void aConvolutionalNetworkLearnsTheDigits() {
        int epochs = 20;
        DigitsCnn model = new DigitsCnn();
        TrainingResult result =
                Trainer.of(model)
                        .device(CPU)
                        .seed(1)
                        .batchSize(32)
                        .optimizer(Adam.withLearningRate(3e-3))
                        .schedule(Schedule.cosine(45L * epochs))
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy())
                        .fit(Digits.train(), Digits.validation(), epochs(epochs));
        assertTrue(result.validation().get("accuracy") >= 0.97, result.toString());
        assertEquals(epochs, result.epochs());
        assertEquals(45L * epochs, result.steps());
        assertTrue(result.samplesPerSecond() > 0 && result.seconds() > 0, result.toString());
        assertTrue(result.peakMemoryBytes() > 4 * model.parameterCount(), result.toString());

        Evaluation evaluation =
                Evaluator.of(model)
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy())
                        .batchSize(100)
                        .evaluate(Digits.validation());
        assertEquals(result.validation().get("accuracy"), evaluation.values().get("accuracy"));
        // Batches of another size add the same losses in another order.
        assertEquals(result.validation().get("loss"), evaluation.values().get("loss"), 1e-5);
    }

    @Test
    void theSameSeedGivesTheSameBits() {
        Mlp first = SmallTraining.model();
        Mlp second = SmallTraining.model();
        trainer(first).fit(TRAIN, VALIDATION, epochs(2));
        trainer(second).fit(TRAIN, VALIDATION, epochs(2));
        assertSameTensors(first.stateDict(), second.stateDict());
    }

    @Test
    void accumulatedBatchesAreLikeALargeOne() {
        Mlp large = new Mlp(64, List.of(16), 10, 0);
        Mlp small = new Mlp(64, List.of(16), 10, 0);
        plain(large).batchSize(40).fit(TRAIN, epochs(2));
        plain(small).batchSize(8).accumulate(5).fit(TRAIN, epochs(2));
        float[] expected = large.stateDict().get("layers.1.weight").toFloats();
        float[] actual = small.stateDict().get("layers.1.weight").toFloats();
        // Sums in another order, in single precision, of numbers below 1.
        assertArrayEquals(expected, actual, 1e-5f);
    }

    private static Trainer plain(Mlp model) {
        return Trainer.of(model)
                .device(CPU)
                .optimizer(SGD.withLearningRate(0.1))
                .loss(Loss.crossEntropy());
    }

    @Test
    void aLossThatIsNoNumberEndsTheTraining() {
        Mlp model = SmallTraining.model();
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                Trainer.of(model)
                                        .device(CPU)
                                        .batchSize(16)
                                        .optimizer(SGD.withLearningRate(1))
                                        .schedule(step -> step < 10 ? 1e-3 : 1e30)
                                        .loss(Loss.crossEntropy())
                                        .checkpoints(Checkpoints.in(folder).everySteps(1))
                                        .fit(TRAIN, epochs(5)));
        assertTrue(problem.getMessage().matches("the loss became (NaN|Infinity).*"), "" + problem);
        assertTrue(problem.getMessage().contains("in step 12 "), problem.getMessage());
        assertTrue(problem.getMessage().contains("lower the learning rate"), "" + problem);
        assertTrue(problem.getMessage().contains(newest(folder).toString()), "" + problem);
        // Step 11 computed a finite loss, then spoiled the parameters.
        assertEquals(11, Checkpoint.read(newest(folder)).step());
    }

    @Test
    void gradientsWithoutANormNeverReachTheParameters() {
        Sequential model = new Sequential(new Linear(1, 1));
        HostArray inputs =
                HostArray.of(new float[] {1, 2, Float.POSITIVE_INFINITY}, Shape.of(3, 1));
        HostArray targets = HostArray.of(new float[] {1, 2, 3}, Shape.of(3, 1));
        Dataset dataset = InMemoryDataset.of(inputs, targets, List.of(), "an infinite input");
        TrainingException problem =
                assertThrows(
                        TrainingException.class,
                        () ->
                                Trainer.of(model)
                                        .device(CPU)
                                        .batchSize(1)
                                        .loss(Loss.meanAbsoluteError())
                                        .clipNorm(1)
                                        .reportEvery(100)
                                        .fit(dataset, epochs(1)));
        assertTrue(problem.getMessage().contains("(epoch 1"), problem.getMessage());
        model.stateDict().forEach((name, value) -> assertTrue(Double.isFinite(value.get(0)), name));
    }

    @Test
    void trainingStopsWhenNothingImproves() {
        List<EpochReport> reports = new ArrayList<>();
        TrainingResult result =
                trainer()
                        .optimizer(SGD.withLearningRate(1e-30))
                        .monitor("accuracy")
                        .earlyStopping(3)
                        .listener(collecting(reports))
                        .fit(TRAIN, VALIDATION, epochs(50));
        assertEquals(Outcome.STOPPED_EARLY, result.outcome());
        assertEquals(4, result.epochs());
        assertEquals(
                List.of(true, false, false, false),
                reports.stream().map(EpochReport::best).toList());
        assertEquals(7, result.bestStep());
    }

    private static TrainingListener collecting(List<EpochReport> reports) {
        return new TrainingListener() {
            @Override
            public void onEpochEnd(EpochReport report) {
                reports.add(report);
            }
        };
    }

    @Test
    void aTrainingThatEndsWithinAnEpochIsEvaluatedThere() {
        List<EpochReport> reports = new ArrayList<>();
        TrainingResult result =
                trainer().listener(collecting(reports)).fit(TRAIN, VALIDATION, steps(10));
        assertEquals(List.of(7L, 10L), reports.stream().map(EpochReport::step).toList());
        assertEquals(1, result.epochs());
        assertEquals(reports.getLast().validation(), result.validation());
        assertEquals(List.of("loss", "accuracy"), List.copyOf(result.train().keySet()));
    }

    @Test
    void curvesAreWrittenForTensorBoard() throws Exception {
        trainer().listener(new TensorBoardListener(folder)).fit(TRAIN, VALIDATION, epochs(1));
        try (var files = Files.list(folder)) {
            Path events = files.findFirst().orElseThrow();
            String text = Files.readString(events, StandardCharsets.ISO_8859_1);
            for (String tag : List.of("loss/step", "loss/train", "accuracy/validation")) {
                assertTrue(text.contains(tag), tag);
            }
        }
    }

    @Test
    void settingsThatDoNotFitAreRefused() {
        assertRefused("needs a loss", Trainer.of(SmallTraining.model()).device(CPU));
        assertRefused("\"f2\" cannot be monitored", trainer().monitor("f2"));
        assertRefused("once only", trainer().metric(new Accuracy()));
        assertRefused("without a folder", trainer().resume(true));
        assertThrows(IllegalArgumentException.class, () -> trainer().precision("bf17"));
        assertThrows(IllegalArgumentException.class, () -> trainer().batchSize(0));
        assertThrows(IllegalArgumentException.class, () -> trainer().clipNorm(0));
        assertThrows(IllegalArgumentException.class, () -> epochs(0));
    }

    private static void assertRefused(String part, Trainer trainer) {
        TrainingException problem =
                assertThrows(
                        TrainingException.class, () -> trainer.fit(TRAIN, VALIDATION, epochs(1)));
        assertTrue(problem.getMessage().contains(part), problem.getMessage());
    }

    @Test
    void anErrorInTheModelNamesTheLayer() {
        Mlp wrong = new Mlp(63, List.of(16), 10, 0.2);
        TensorException problem =
                assertThrows(TensorException.class, () -> trainer(wrong).fit(TRAIN, epochs(1)));
        assertTrue(problem.getMessage().startsWith("layers.1: "), problem.getMessage());
    }

    @Test
    void aPredictionHasTheProbabilitiesOfAllClasses() {
        Mlp model = SmallTraining.model();
        trainer(model).fit(TRAIN, epochs(3));
        model.train();
        Predictor predictor = Predictor.of(model).classes(Digits.all().classes());
        HostArray input = VALIDATION.get(0).input();
        Prediction prediction = predictor.predict(input);
        assertEquals(prediction, predictor.predict(input), "dropout is at work");
        assertTrue(model.isTraining());
        assertEquals(10, prediction.probabilities().size());
        double sum = prediction.probabilities().stream().mapToDouble(p -> p).sum();
        // Ten divisions, each rounded once.
        assertEquals(1, sum, 1e-14);
        assertEquals(Integer.toString(prediction.label()), prediction.name());
        assertFalse(
                prediction.probabilities().stream().anyMatch(p -> p > prediction.probability()));
    }
}
