package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.STEPS_PER_EPOCH;
import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameCheckpoint;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.train.Checkpoints;
import org.gradus.train.EpochReport;
import org.gradus.train.MetricsLog;
import org.gradus.train.StepReport;
import org.gradus.train.StopRequest;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingListener;
import org.gradus.train.TrainingResult;
import org.gradus.train.TrainingResult.Outcome;
import org.gradus.train.TrainingStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A training that was stopped and resumed ends with the same bits as one that ran through. */
class ResumeTest {
    private static final int EPOCHS = 4;

    @TempDir Path folder;

    /** What a process that dies in this place looks like to the files it leaves. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Path throughout(Trainer trainer) {
        Path uninterrupted = folder.resolve("uninterrupted");
        trainer.checkpoints(uninterrupted).fit(TRAIN, VALIDATION, epochs(EPOCHS));
        return newest(uninterrupted);
    }

    private Checkpoints often() {
        return Checkpoints.in(folder.resolve("often")).everySteps(1).keeping(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 6, 7, 8, 13, 14, 20, 27, 28})
    void aTrainingStoppedAtAnyStepContinuesToTheSameBits(int stopAt) {
        Path expected = throughout(trainer());
        StopRequest stop = new StopRequest();
        TrainingListener atStep = stopAt(stop, stopAt);
        TrainingResult first =
                trainer()
                        .reportEvery(1)
                        .checkpoints(folder.resolve("stopped"))
                        .stopRequest(stop)
                        .listener(atStep)
                        .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertEquals(Outcome.INTERRUPTED, first.outcome());
        assertEquals(stopAt, first.steps());

        TrainingResult second =
                trainer()
                        .reportEvery(1)
                        .checkpoints(folder.resolve("stopped"))
                        .resume(true)
                        .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertEquals(Outcome.COMPLETED, second.outcome());
        assertEquals(EPOCHS, second.epochs());
        assertSameCheckpoint(expected, newest(folder.resolve("stopped")));
    }

    static List<String> devices() {
        return TestDevices.names();
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aTrainingOnAnyDeviceContinuesToTheSameBits(String device) {
        Path expected = throughout(trainer().device(device));
        StopRequest stop = new StopRequest();
        trainer()
                .device(device)
                .reportEvery(1)
                .checkpoints(folder.resolve("stopped"))
                .stopRequest(stop)
                .listener(stopAt(stop, 10))
                .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        TrainingResult result =
                trainer()
                        .device(device)
                        .checkpoints(folder.resolve("stopped"))
                        .resume(true)
                        .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertEquals(Outcome.COMPLETED, result.outcome());
        assertSameCheckpoint(expected, newest(folder.resolve("stopped")));
    }

    private static TrainingListener stopAt(StopRequest stop, int step) {
        return new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
                if (report.step() == step) {
                    stop.request();
                }
            }
        };
    }

    @Test
    void aStepOfSeveralBatchesContinuesToTheSameBits() {
        Path expected = throughout(trainer().accumulate(2));
        StopRequest stop = new StopRequest();
        trainer()
                .accumulate(2)
                .reportEvery(1)
                .checkpoints(folder.resolve("stopped"))
                .stopRequest(stop)
                .listener(stopAt(stop, 6))
                .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        TrainingResult result =
                trainer()
                        .accumulate(2)
                        .checkpoints(folder.resolve("stopped"))
                        .resume(true)
                        .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertEquals(EPOCHS * 4, result.steps());
        assertSameCheckpoint(expected, newest(folder.resolve("stopped")));
    }

    /** Dies at random places, each time a few steps further, and counts as done when it is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aTrainingKilledAgainAndAgainEndsWithTheSameBits(long seed) {
        Path expected = throughout(trainer());
        Random random = new Random(seed);
        int deaths = 0;
        while (true) {
            try {
                trainer()
                        .reportEvery(1)
                        .checkpoints(often().everySteps(2))
                        .resume(true)
                        .listener(killer(random))
                        .fit(TRAIN, VALIDATION, epochs(EPOCHS));
                break;
            } catch (Killed _) {
                deaths++;
            }
        }
        assertTrue(deaths > 0, "the training was never killed");
        assertSameCheckpoint(expected, newest(often().folder()));
    }

    private static TrainingListener killer(Random random) {
        return new TrainingListener() {
            private void perhaps(double probability) {
                if (random.nextDouble() < probability) {
                    throw new Killed();
                }
            }

            @Override
            public void onStart(TrainingStart start) {
                perhaps(0.2);
            }

            @Override
            public void onStep(StepReport report) {
                perhaps(0.15);
            }

            @Override
            public void onEpochEnd(EpochReport report) {
                perhaps(0.3);
            }

            @Override
            public void onCheckpoint(Path file, long step) {
                perhaps(0.15);
            }
        };
    }

    @Test
    void aStopDuringTheEvaluationContinuesToTheSameBits() {
        Path expected = throughout(trainer());
        StopRequest stop = new StopRequest();
        TrainingListener beforeEvaluation = stopAt(stop, 2 * STEPS_PER_EPOCH);
        TrainingResult first =
                trainer()
                        .checkpoints(folder.resolve("stopped"))
                        .stopRequest(stop)
                        .listener(beforeEvaluation)
                        .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertEquals(1, first.epochs(), "the second epoch is not evaluated yet");
        trainer()
                .checkpoints(folder.resolve("stopped"))
                .resume(true)
                .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertSameCheckpoint(expected, newest(folder.resolve("stopped")));
    }

    @Test
    void aFinishedTrainingCanBeMadeLonger() {
        Path expected = throughout(trainer());
        Path longer = folder.resolve("longer");
        trainer().checkpoints(longer).fit(TRAIN, VALIDATION, epochs(EPOCHS - 2));
        trainer().checkpoints(longer).resume(true).fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertSameCheckpoint(expected, newest(longer));
    }

    @Test
    void resumingAFinishedTrainingGivesItsResult() {
        Path done = folder.resolve("done");
        TrainingResult first = trainer().checkpoints(done).fit(TRAIN, VALIDATION, steps(10));
        TrainingResult again =
                trainer().checkpoints(done).resume(true).fit(TRAIN, VALIDATION, steps(10));
        assertEquals(Outcome.COMPLETED, again.outcome());
        assertEquals(first.train(), again.train());
        assertEquals(first.validation(), again.validation());
        assertEquals(10, again.steps());
    }

    @Test
    void resumingWhereThereIsNothingBegins() {
        TrainingResult result =
                trainer()
                        .checkpoints(folder.resolve("new"))
                        .resume(true)
                        .fit(TRAIN, VALIDATION, epochs(1));
        assertEquals(STEPS_PER_EPOCH, result.steps());
    }

    @Test
    void theLogOfAResumedTrainingHasEachStepOnce() throws IOException {
        Path log = folder.resolve("metrics.jsonl");
        Path once = folder.resolve("once.jsonl");
        trainer().reportEvery(1).listener(new MetricsLog(once)).fit(TRAIN, VALIDATION, epochs(2));
        assertThrows(
                Killed.class,
                () ->
                        trainer()
                                .reportEvery(1)
                                .checkpoints(Checkpoints.in(folder.resolve("c")).everySteps(4))
                                .listener(new MetricsLog(log))
                                .listener(killAt(6))
                                .fit(TRAIN, VALIDATION, epochs(2)));
        trainer()
                .reportEvery(1)
                .checkpoints(folder.resolve("c"))
                .resume(true)
                .listener(new MetricsLog(log))
                .fit(TRAIN, VALIDATION, epochs(2));
        assertEquals(untimed(once), untimed(log));
    }

    private static TrainingListener killAt(int step) {
        return new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
                if (report.step() == step) {
                    throw new Killed();
                }
            }
        };
    }

    private static List<String> untimed(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .map(line -> line.replaceAll("\"(seconds|samplesPerSecond)\":[^,}]*", ""))
                .toList();
    }
}
