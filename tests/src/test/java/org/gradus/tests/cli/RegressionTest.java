package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A number predicted from a table: {@code price = 1000 + 300 * size - 200 * age}. */
class RegressionTest {
    @TempDir private static Path folder;
    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        Path table = folder.resolve("houses.csv");
        Files.writeString(table, table(400));
        Path recipe = folder.resolve("houses.yaml");
        Files.writeString(
                recipe,
                """
                task: regression
                model: {name: mlp, hidden: [16]}
                data: {name: csv, path: '%s', target: price, target_type: number}
                optimizer: {name: adam, learning_rate: 0.01}
                schedule: cosine
                epochs: 30
                batch_size: 16
                """
                        .formatted(table));
        run = folder.resolve("run");
        Cli.run("train", recipe, "--out", run).succeeded();
    }

    private static String table(int rows) {
        Random random = new Random(4);
        StringBuilder text = new StringBuilder("size,age,price\n");
        for (int row = 0; row < rows; row++) {
            double size = random.nextDouble();
            double age = random.nextDouble();
            text.append(
                    String.format(
                            Locale.ROOT, "%f,%f,%f%n", size, age, 1000 + 300 * size - 200 * age));
        }
        return text.toString();
    }

    @Test
    void theErrorIsInTheNumbersOwnUnit() {
        JsonNode validation = Cli.json(run.resolve("summary.json")).path("validation");
        double error = validation.path("mae").asDouble();
        // Always saying 1050 would be wrong by some 85.
        assertTrue(error > 0 && error < 10, validation.toString());
    }

    @Test
    void aRowWithoutItsNumberIsAnswered() throws IOException {
        Path rows = folder.resolve("rows.csv");
        Files.writeString(rows, "age,size\n0.5,0.5\n0,1\n");
        JsonNode answers = Cli.run("predict", run, rows, "--json").succeeded().json();
        assertEquals(2, answers.size());
        assertEquals(1050, answers.get(0).path("prediction").asDouble(), 15);
        assertEquals(1300, answers.get(1).path("prediction").asDouble(), 30);
        String line = Cli.run("predict", run, "--index", 0).succeeded().out();
        assertTrue(line.startsWith("sample 0, labelled "), line);
    }
}
