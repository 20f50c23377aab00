package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.gradus.io.Npy;
import org.gradus.io.Npz;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands besides a whole run. */
class CommandsTest {
    @TempDir private Path folder;

    @Test
    void doctorListsJavaDevicesAndData() {
        JsonNode found = Cli.run("doctor", "--json").succeeded().json();
        assertEquals(Runtime.version().toString(), found.at("/java/version").asText());
        assertEquals("there", found.at("/java/vectorApi").asText());
        assertFalse(found.at("/backends/cpu/devices/cpu/description").asText().isEmpty());
        assertEquals("part of Gradus", found.at("/data/digits").asText());
        String text = Cli.run("doctor").succeeded().out();
        assertTrue(text.contains("Devices"), text);
    }

    @Test
    void recipesListsWhatTheyReachAndPrintsThem() throws IOException {
        String list = Cli.run("recipes").succeeded().out();
        for (String recipe : List.of("digits", "fashion-mlp", "fashion-cnn")) {
            assertTrue(list.contains(recipe), list);
            Path copy = folder.resolve(recipe + "-copy.yaml");
            String yaml = Cli.run("recipes", recipe).succeeded().out();
            Files.writeString(copy, yaml.replaceFirst("batch_size: .*", "batch_size: 0"));
            Cli.run("train", copy, "--out", folder.resolve("run"))
                    .failed(2, copy + ":", "\"batch_size\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "doctor",
                "recipes",
                "data",
                "train",
                "evaluate",
                "predict",
                "inspect",
                "plot",
                "benchmark",
                "completion"
            })
    void everyCommandHasHelp(String command) {
        String help = Cli.run(command, "--help").succeeded().out();
        assertTrue(help.startsWith("Usage: gradus " + command), help);
        assertTrue(help.lines().allMatch(line -> line.length() <= 80), help);
        assertTrue(Cli.run("--help").succeeded().out().contains(command));
    }

    @Test
    void theVersionIsPrinted() {
        assertTrue(Cli.run("--version").succeeded().out().startsWith("gradus "));
    }

    @Test
    void aStackTraceIsShownOnDemand() {
        Cli failure = Cli.run("train", "digts", "--stacktrace");
        assertEquals(2, failure.code());
        assertTrue(failure.err().contains("InputException"), failure.err());
        assertTrue(failure.err().contains("\tat org.gradus"), failure.err());
    }

    @Test
    void completionIsAScriptThatBashTakes() throws Exception {
        String script = Cli.run("completion").succeeded().out();
        assertTrue(script.contains("--learning-rate"), "options");
        Path file = Files.writeString(folder.resolve("completion.sh"), script);
        Process bash = new ProcessBuilder("bash", "-n", file.toString()).inheritIO().start();
        assertEquals(0, bash.waitFor());
    }

    @Test
    void arraysAreInspected() throws IOException {
        HostArray array = HostArray.of(new float[] {1, 2, Float.NaN, 5}, Shape.of(2, 2));
        Path npy = folder.resolve("a.npy");
        Npy.write(npy, array);
        String out = Cli.run("inspect", npy).succeeded().out();
        assertTrue(out.contains("f32   [2, 2]"), out);
        assertTrue(out.contains("1.0000 to 5.0000, mean 2.6667, 1 NaN"), out);
        Path npz = folder.resolve("b.npz");
        Npz.write(npz, Map.of("weights", array));
        assertTrue(Cli.run("inspect", npz).succeeded().out().contains("weights"));
        Path idx = Files.write(folder.resolve("c-idx3-ubyte"), SmallData.images(3));
        assertTrue(Cli.run("inspect", idx).succeeded().out().contains("u8    [3, 28, 28]"));
        Path table = Files.writeString(folder.resolve("d.csv"), SmallData.table(12));
        assertTrue(Cli.run("inspect", table).succeeded().out().contains("12 rows"));
        Path text = Files.writeString(folder.resolve("e.txt"), "nothing of the kind");
        Cli.run("inspect", text).failed(2, "e.txt", "no kind that is known");
        Files.write(npy, new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 99});
        Cli.run("inspect", npy).failed(2, "a.npy");
    }

    @Test
    void aTableOfTheUsersIsLearnedAndPredicted() throws IOException {
        Path table = Files.writeString(folder.resolve("table.csv"), SmallData.table(200));
        Path recipe = Files.writeString(folder.resolve("mine.yaml"), SmallData.tableRecipe(table));
        Path run = folder.resolve("run");
        Cli.run("train", recipe, "--out", run).succeeded();
        double accuracy =
                Cli.json(run.resolve("summary.json")).at("/validation/accuracy").asDouble();
        assertTrue(accuracy >= 0.9, "accuracy " + accuracy);
        Path unknown = folder.resolve("unknown.csv");
        Files.writeString(unknown, "height,width\n0.1,0.9\n0.9,0.1\n");
        JsonNode predictions = Cli.run("predict", run, unknown, "--json").succeeded().json();
        assertEquals("wide", predictions.get(0).path("class").asText());
        assertEquals("high", predictions.get(1).path("class").asText());
        Files.writeString(unknown, "height\n0.1\n");
        Cli.run("predict", run, unknown).failed(2, "has no column \"width\"");
        Files.writeString(unknown, "height,width\n0.1,wide\n");
        Cli.run("predict", run, unknown).failed(2, "line 2", "(width)", "\"wide\"");
    }

    @Test
    void withoutTheVectorApiItWorksAndWarnsOnce() {
        Path run = folder.resolve("scalar");
        List<String> command = Cli.java(false, "train", "digits", "--steps", 3, "--out", run);
        Cli scalar = Cli.finish(Cli.start(folder, command), folder).succeeded();
        long warnings = scalar.err().lines().filter(line -> line.contains("--add-modules")).count();
        assertEquals(1, warnings, scalar.err());
    }

    @Test
    void anotherSeedGivesAnotherRunAndTheSameTheSame() throws IOException {
        String first = trained("first", 1);
        assertEquals(first, trained("second", 1));
        assertFalse(first.equals(trained("third", 2)));
    }

    private String trained(String name, int seed) {
        Path run = folder.resolve(name);
        Cli.run("train", "digits", "--steps", 10, "--seed", seed, "--out", run).succeeded();
        return Cli.json(run.resolve("summary.json")).path("validation").toString();
    }
}
