package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameCheckpoint;
import static org.gradus.tests.train.SmallTraining.newest;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gradus.train.Checkpoints;
import org.gradus.train.StepReport;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose process is killed, as by the system, while it writes checkpoints. */
class KilledProcessTest {
    private static final int EPOCHS = 6;

    @TempDir Path folder;

    /** Trains in a process of its own, telling each step, with a checkpoint after each. */
    static final class Training {
        private Training() {}

        public static void main(String[] arguments) {
            TrainingListener teller =
                    new TrainingListener() {
                        @Override
                        public void onStep(StepReport report) {
                            System.out.println("step " + report.step());
                        }
                    };
            trainer()
                    .reportEvery(1)
                    .checkpoints(Checkpoints.in(Path.of(arguments[0])).everySteps(1))
                    .resume(true)
                    .listener(teller)
                    .fit(TRAIN, VALIDATION, epochs(EPOCHS));
        }
    }

    @Test
    void itContinuesToTheSameBits() throws IOException, InterruptedException {
        Path killed = folder.resolve("killed");
        for (int step : List.of(5, 16, 31)) {
            Process process = start(killed);
            // Killed as soon as it tells of the step: while it writes that step's checkpoint.
            try (BufferedReader lines = process.inputReader()) {
                String line = lines.readLine();
                while (line != null && !line.equals("step " + step)) {
                    line = lines.readLine();
                }
                process.destroyForcibly();
            }
            assertNotEquals(0, process.waitFor(), "it was done before it was killed");
        }
        Process last = start(killed);
        last.inputReader().transferTo(Writer.nullWriter());
        assertEquals(0, last.waitFor());

        Path expected = folder.resolve("expected");
        trainer().reportEvery(1).checkpoints(expected).fit(TRAIN, VALIDATION, epochs(EPOCHS));
        assertSameCheckpoint(newest(expected), newest(killed));
        try (var files = Files.list(killed)) {
            assertEquals(3, files.count(), "something half-written was left");
        }
    }

    private static Process start(Path checkpoints) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Training.class.getName(),
                        checkpoints.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
