package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.data.Digits;
import org.gradus.data.Images;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run of the recipe digits, and what can be done with it. */
class RunTest {
    @TempDir private static Path folder;
    private static Path run;
    private static Cli training;

    @BeforeAll
    static void train() {
        run = folder.resolve("digits");
        training = Cli.run("train", "digits", "--out", run).succeeded();
    }

    @Test
    void itReachesItsAccuracy() {
        double accuracy = summary().path("validation").path("accuracy").asDouble();
        assertTrue(accuracy >= 0.97, "validation accuracy " + accuracy);
    }

    @Test
    void theSummaryHasTheFieldsThatScriptsDependOn() {
        JsonNode summary = summary();
        List<String> fields = new ArrayList<>();
        summary.fieldNames().forEachRemaining(fields::add);
        assertEquals(
                List.of(
                        "recipe",
                        "device",
                        "precision",
                        "seed",
                        "parameters",
                        "epochs",
                        "steps",
                        "seconds",
                        "samplesPerSecond",
                        "peakMemoryBytes",
                        "train",
                        "validation"),
                fields);
        assertEquals("digits", summary.path("recipe").asText());
        assertEquals("f32", summary.path("precision").asText());
        assertTrue(summary.path("parameters").asLong() > 1000);
        assertTrue(summary.path("steps").asLong() >= 45);
        assertTrue(summary.path("seconds").asDouble() > 0);
        assertTrue(summary.path("samplesPerSecond").asDouble() > 0);
        assertTrue(summary.path("peakMemoryBytes").asLong() > 0);
        assertTrue(summary.path("train").path("loss").asDouble() > 0);
        assertTrue(summary.path("validation").path("loss").asDouble() > 0);
    }

    @Test
    void theOutputSaysWhatWasDoneAndWhatToDoNext() {
        List<String> lines = training.out().lines().toList();
        assertTrue(lines.getFirst().contains("digits-cnn"), lines.getFirst());
        assertTrue(lines.getFirst().contains("parameters on "), lines.getFirst());
        assertTrue(lines.getFirst().contains("1,438 samples"), lines.getFirst());
        assertEquals("run: " + run, lines.get(lines.size() - 2));
        assertTrue(lines.getLast().startsWith("next: gradus evaluate " + run), lines.getLast());
    }

    @Test
    void evaluationGivesTheNumbersOfTheSummary() {
        JsonNode evaluation = Cli.run("evaluate", run, "--json").succeeded().json();
        assertEquals(summary().path("validation"), evaluation.path("validation"));
        assertEquals(359, evaluation.path("samples").asInt());
        String text = Cli.run("evaluate", run).succeeded().out();
        assertTrue(text.contains("accuracy 0.9"), text);
    }

    @Test
    void aRunInMixedPrecisionSaysSoAndIsEvaluatedInIt() throws IOException {
        Path mixed = folder.resolve("mixed");
        Cli.run("train", "digits", "--precision", "bf16", "--steps", 60, "--out", mixed)
                .succeeded();
        JsonNode summary = Cli.json(mixed.resolve("summary.json"));
        assertEquals("bf16", summary.path("precision").asText());
        assertTrue(Files.readString(mixed.resolve("config.yaml")).contains("precision: bf16"));
        JsonNode evaluation = Cli.run("evaluate", mixed, "--json").succeeded().json();
        assertEquals(summary.path("validation"), evaluation.path("validation"));
        Cli.run("predict", mixed, "--index", 3).succeeded();
    }

    @Test
    void aPictureIsClassified() throws IOException {
        int right = 0;
        for (int index = 0; index < 20; index++) {
            Path picture = picture(index, "digit" + index + ".png");
            JsonNode prediction = Cli.run("predict", run, picture, "--json").succeeded().json();
            double sum = 0;
            for (JsonNode probability : prediction.get(0).path("probabilities")) {
                sum += probability.asDouble();
            }
            assertEquals(1, sum, 1e-6);
            assertEquals(10, prediction.get(0).path("probabilities").size());
            long label = Digits.validation().get(index).target().getLong(0);
            right += prediction.get(0).path("class").asText().equals("" + label) ? 1 : 0;
        }
        assertTrue(right >= 18, right + " of 20 right");
    }

    @Test
    void severalInputsGiveALineEach() throws IOException {
        Path first = picture(0, "a.png");
        Path second = picture(1, "b.png");
        String out =
                Cli.run("predict", run, first, second, "--index", 3, "--index", 4)
                        .succeeded()
                        .out();
        List<String> lines = out.lines().toList();
        assertEquals(4, lines.size(), out);
        assertTrue(lines.getFirst().startsWith(first + ": "), out);
        assertTrue(lines.getLast().startsWith("sample 4, labelled "), out);
    }

    @Test
    void anInvertedPictureIsTheSameWithInvert() throws IOException {
        HostArray pixels = pixels(7);
        byte[] inverted = new byte[64];
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) (255 - (int) pixels.get(i));
        }
        Path light = folder.resolve("light.png");
        Path dark = folder.resolve("dark.png");
        Files.write(light, Images.png(pixels));
        Files.write(dark, Images.png(HostArray.ofBytes(inverted, Shape.of(1, 8, 8))));
        JsonNode plain = Cli.run("predict", run, light, "--json").succeeded().json();
        JsonNode swapped = Cli.run("predict", run, dark, "--invert", "--json").succeeded().json();
        assertEquals(plain.get(0).path("probabilities"), swapped.get(0).path("probabilities"));
    }

    @Test
    void badPicturesAreRefused() throws IOException {
        Path picture = picture(0, "whole.png");
        byte[] png = Files.readAllBytes(picture);
        Path broken = folder.resolve("broken.png");
        Files.write(broken, Arrays.copyOf(png, png.length / 2));
        Cli.run("predict", run, broken).failed(2, "broken.png");
        Files.write(broken, new byte[100]);
        Cli.run("predict", run, broken).failed(2, "broken.png", "PNG or JPEG");
        Cli.run("predict", run, folder.resolve("none.png")).failed(2, "there is no such file");
        Cli.run("predict", run, "--index", 359).failed(2, "0 to 358, not 359");
    }

    @Test
    void theFolderHoldsWhatWasMeasured() throws IOException {
        List<String> metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
        long epochs = metrics.stream().filter(line -> line.contains("\"epoch\",")).count();
        assertEquals(summary().path("epochs").asLong(), epochs);
        try (var events = Files.list(run.resolve("events"))) {
            assertEquals(1, events.count());
        }
        String report = Files.readString(run.resolve("report.html"));
        assertTrue(report.contains("<h1>digits</h1>"));
        assertTrue(report.contains("data:image/png;base64,"), "no chart in the report");
        assertTrue(report.contains("learning_rate"), "no settings in the report");
        assertEquals(-1, report.indexOf("{{"), "a place in the template was not filled");
    }

    @Test
    void theSettingsOfARunAreARecipe() throws IOException {
        Path config = Files.copy(run.resolve("config.yaml"), folder.resolve("again.yaml"));
        Path again = folder.resolve("again");
        Cli.run("train", config, "--steps", 3, "--out", again).succeeded();
        String expected = Files.readString(config).replace("epochs:", "steps: 3\nepochs:").strip();
        assertEquals(
                expected.lines().sorted().toList(),
                Files.readString(again.resolve("config.yaml")).lines().sorted().toList());
    }

    @Test
    void inspectingShowsSettingsAndTensors() throws IOException {
        String out = Cli.run("inspect", run).succeeded().out();
        assertTrue(out.contains("a run of digits, complete"), out);
        assertTrue(out.contains("learning_rate: "), out);
        assertTrue(out.contains("conv1.weight"), out);
        Path best = run.resolve("checkpoints/best.safetensors");
        String file = Cli.run("inspect", best).succeeded().out();
        assertTrue(file.contains("model.conv1.weight"), file);
        assertTrue(file.contains("[16, 1, 3, 3]"), file);
        assertTrue(file.contains("optimizer."), file);
        Path cut = folder.resolve("cut.safetensors");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(best), 5000));
        Cli.run("inspect", cut).failed(2, "cut.safetensors");
        Files.write(cut, new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{'});
        Cli.run("inspect", cut).failed(2, "cut.safetensors", "announces a header");
    }

    @Test
    void aFinishedRunIsNotResumed() {
        Cli resumed = Cli.run("train", "digits", "--resume", "--out", run).succeeded();
        assertTrue(resumed.out().contains("is complete"), resumed.out());
    }

    private static JsonNode summary() {
        return Cli.json(run.resolve("summary.json"));
    }

    private static HostArray pixels(int index) {
        float[] shades = Digits.validation().get(index).input().toFloats();
        byte[] bytes = new byte[shades.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round(shades[i] * 255);
        }
        return HostArray.ofBytes(bytes, Shape.of(1, 8, 8));
    }

    private static Path picture(int index, String name) throws IOException {
        return Files.write(folder.resolve(name), Images.png(pixels(index)));
    }
}
