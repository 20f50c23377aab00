package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.gradus.data.FashionMnist;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Short runs on the real Fashion-MNIST. */
class FashionTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({"fashion-mlp, 0.78", "fashion-cnn, 0.75"})
    void itLearnsInThreeHundredSteps(String recipe, double least) {
        requireData();
        Path run = folder.resolve(recipe);
        Cli.run("train", recipe, "--steps", 300, "--out", run).succeeded();
        JsonNode summary = Cli.json(run.resolve("summary.json"));
        double accuracy = summary.path("validation").path("accuracy").asDouble();
        assertTrue(accuracy >= least, recipe + ": accuracy " + accuracy);
        JsonNode evaluation = Cli.run("evaluate", run, "--json").succeeded().json();
        assertEquals(summary.path("validation"), evaluation.path("validation"));
    }

    @Test
    void theDataAreCheckedAndShown() {
        requireData();
        String out = Cli.run("data", "fashion-mnist").succeeded().out();
        assertTrue(out.contains("60,000 samples"), out);
        assertTrue(out.contains("Ankle boot 6,000"), out);
        assertTrue(out.contains("licence    MIT"), out);
    }

    /** Fails rather than skips: what did not run has not passed. */
    private static void requireData() {
        assertTrue(
                FashionMnist.locate().isPresent(),
                () ->
                        "Fashion-MNIST is in none of "
                                + FashionMnist.folders()
                                + "; run tests/run, or apt-get install dataset-fashion-mnist");
    }
}
