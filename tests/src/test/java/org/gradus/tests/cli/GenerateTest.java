package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.gradus.data.ColorMode;
import org.gradus.data.Images;
import org.gradus.io.Npz;
import org.gradus.io.Safetensors;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of models that make pictures, on the digits, and what can be done with them. */
class GenerateTest {
    /** Five quick steps; the digits are of 8 by 8 pixels. */
    private static final String RECIPE =
            """
            task: %s
            model: {name: %s, features: 4, latent: 6}
            data: {name: digits, mean: %s, deviation: %s}
            optimizer: {name: adam, learning_rate: 0.02}
            steps: 5
            batch_size: 32
            log_every: 1
            seed: 2
            """;

    @TempDir private static Path folder;
    private static Path classifier;

    @BeforeAll
    static void train() throws IOException {
        train("gan", "dcgan", 0.5);
        train("wgan-gp", "wgan-gp", 0.5);
        train("vae", "vae", 0);
        train("reconstruction", "autoencoder", 0);
        classifier = folder.resolve("classifier");
        Cli.run("train", "digits", "--epochs", 1, "--out", classifier).succeeded();
    }

    private static void train(String task, String model, double scale) throws IOException {
        Path recipe = folder.resolve(task + ".yaml");
        double deviation = scale == 0 ? 1 : scale;
        Files.writeString(recipe, RECIPE.formatted(task, model, scale, deviation));
        Cli.run("train", recipe, "--out", folder.resolve(task)).succeeded();
    }

    @ParameterizedTest
    @CsvSource({
        "gan, 'loss,generator_loss', loss",
        "wgan-gp, 'loss,generator_loss,wasserstein,gradient_penalty', 'loss,wasserstein'",
        "vae, 'loss,reconstruction,divergence', 'loss,reconstruction,divergence'",
        "reconstruction, loss, loss"
    })
    void theSummaryHasWhatTheTaskMeasures(String task, String train, String validation) {
        JsonNode summary = Cli.json(folder.resolve(task).resolve("summary.json"));
        assertEquals(List.of(train.split(",")), names(summary.path("train")));
        assertEquals(List.of(validation.split(",")), names(summary.path("validation")));
        JsonNode evaluation = Cli.run("evaluate", folder.resolve(task), "--json").json();
        assertEquals(summary.path("validation"), evaluation.path("validation"));
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gan", "wgan-gp", "vae", "reconstruction"})
    void aRunShowsWhatItsModelMade(String task) throws IOException {
        Path run = folder.resolve(task);
        HostArray picture = Images.read(run.resolve("samples/epoch-01.png"), ColorMode.GRAY);
        // 8 rows and columns of pictures of 8 by 8, with 2 pixels around each
        assertEquals(Shape.of(1, 82, 82), picture.shape());
        String report = Files.readString(run.resolve("report.html"));
        assertTrue(report.contains("<h2>Samples</h2>") && report.contains("epoch-01"), task);
        assertFalse(
                Files.readString(classifier.resolve("report.html")).contains("<h2>Samples</h2>"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gan", "wgan-gp", "vae"})
    void theSameSeedMakesTheSamePictures(String task) throws IOException {
        Path first = generated(task, 1, "first.png");
        assertArrayEquals(
                Files.readAllBytes(first), Files.readAllBytes(generated(task, 1, "again.png")));
        assertFalse(
                Arrays.equals(
                        Files.readAllBytes(first),
                        Files.readAllBytes(generated(task, 2, "other.png"))));
        // 10 pictures: 4 in a row, 3 rows
        HostArray picture = Images.read(first, ColorMode.GRAY);
        assertEquals(Shape.of(1, 32, 42), picture.shape());
    }

    private static Path generated(String task, int seed, String name) {
        Path file = folder.resolve(task + name);
        Cli.run("generate", folder.resolve(task), "--count", 10, "--seed", seed, "--out", file)
                .succeeded();
        return file;
    }

    @Test
    void theClassesOfGeneratedPicturesAddUp() {
        Path gan = folder.resolve("gan");
        JsonNode evaluation =
                Cli.run("evaluate", gan, "--classifier", classifier, "--samples", 300, "--json")
                        .succeeded()
                        .json();
        JsonNode generated = evaluation.path("generated");
        assertEquals(300, generated.path("samples").asInt());
        assertEquals(10, generated.path("classes").size());
        double sum = 0;
        double least = 1;
        for (JsonNode share : generated.path("classes")) {
            sum += share.asDouble();
            least = Math.min(least, share.asDouble());
        }
        assertEquals(1, sum, 1e-9);
        assertEquals(least, generated.path("least").asDouble());
        Cli shown = Cli.run("evaluate", gan, "--classifier", classifier).succeeded();
        assertTrue(shown.out().contains("of 1,000 generated pictures"), shown.out());
    }

    @Test
    void exportedWeightsAreThoseOfTheRun() {
        Path safetensors = folder.resolve("vae.safetensors");
        Path npz = folder.resolve("vae.npz");
        Path run = folder.resolve("vae");
        Cli.run("export", run, "--format", "safetensors", "--out", safetensors).succeeded();
        Cli.run("export", run, "--format", "npz", "--out", npz).succeeded();
        Map<String, HostArray> first = Safetensors.open(safetensors).readAll();
        Map<String, HostArray> second = Npz.read(npz);
        assertEquals(first.keySet(), second.keySet());
        assertTrue(first.containsKey("encoder.0.weight"), first.keySet().toString());
        first.forEach(
                (name, array) ->
                        assertArrayEquals(array.toDoubles(), second.get(name).toDoubles(), name));
    }

    @Test
    void whatATaskCannotDoIsSaidInOneLine() {
        Path gan = folder.resolve("gan");
        Cli.run("generate", classifier).failed(2, "makes no samples", "classification");
        Cli.run("generate", folder.resolve("reconstruction")).failed(2, "makes no samples");
        Cli.run("generate", gan, "--prompt", "a boot").failed(2, "--prompt", "does not take it");
        Cli.run("generate", gan, "--count", 0).failed(2, "--count", "from 1 on");
        Cli.run("predict", gan, "--index", 1).failed(2, "answers no inputs", "generate");
        Cli.run("evaluate", classifier, "--classifier", classifier).failed(2, "makes no pictures");
        Cli.run("evaluate", gan, "--classifier", gan).failed(2, "classifies no pictures");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gan | digits-cnn | two networks",
                "reconstruction | mlp | an autoencoder",
                "classification | dcgan | one network",
                "vae | autoencoder | the model vae",
                "regression | digits-cnn | needs a table"
            })
    void aModelThatIsNotForATaskIsRefused(String task, String model, String part) {
        Cli.run("train", "digits", "--set", "task=" + task, "--set", "model=" + model)
                .failed(2, part);
    }

    @Test
    void pixelsThatAreNoProbabilitiesAreRefused() throws IOException {
        Path recipe = folder.resolve("scaled.yaml");
        Files.writeString(recipe, RECIPE.formatted("vae", "vae", 0.5, 0.5));
        Cli.run("train", recipe, "--out", folder.resolve("scaled")).failed(2, "pixels from 0 to 1");
    }
}
