package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gradus.io.Safetensors;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that measures speed. */
class BenchmarkTest {
    @TempDir private Path folder;

    @Test
    void aTrainingStepIsMeasured() {
        JsonNode report =
                Cli.run("benchmark", "mlp", "--device", "cpu", "--seconds", 0.1, "--json")
                        .succeeded()
                        .json();
        assertEquals("cpu", report.path("device").asText());
        assertFalse(report.path("description").asText().isEmpty());
        assertEquals(Runtime.version().toString(), report.path("java").asText());
        assertEquals(1, report.path("results").size());
        JsonNode result = report.path("results").get(0);
        assertEquals("mlp", result.path("workload").asText());
        assertEquals("step", result.path("case").asText());
        double best = result.at("/milliseconds/best").asDouble();
        double median = result.at("/milliseconds/median").asDouble();
        assertTrue(0 < best && best <= median, result.toString());
        assertEquals(
                128 / median * 1e3,
                result.path("samplesPerSecond").asDouble(),
                1e-6 / median * 1e3);
        assertTrue(result.path("gigaflopsPerSecond").isMissingNode());
        assertTrue(result.path("steps").asLong() >= 3);
        // The model has 668,682 parameters; with gradients and moments that is 10.7 MB.
        assertTrue(result.path("peakMemoryBytes").asLong() > 10_000_000);
        assertTrue(result.path("allocatedBytesPerStep").asLong() > 0);
        JsonNode warmUp = result.path("warmUp");
        double firstStep = warmUp.path("firstStepSeconds").asDouble();
        assertTrue(firstStep > 0);
        assertTrue(warmUp.path("startToFirstStepSeconds").asDouble() > firstStep);
        assertTrue(warmUp.path("lostSeconds").asDouble() <= warmUp.path("seconds").asDouble());
        assertTrue(warmUp.path("steady").isBoolean());
    }

    @Test
    void operationsAreMeasuredBySizeWithTheirRate() {
        JsonNode results =
                Cli.run("benchmark", "launch", "attention", "--seconds", 0.01, "--json")
                        .succeeded()
                        .json()
                        .path("results");
        assertTrue(results.size() >= 6, results.toString());
        int rates = 0;
        for (JsonNode result : results) {
            if (result.path("workload").asText().equals("attention")) {
                assertTrue(result.path("gigaflopsPerSecond").asDouble() > 0, result.toString());
                rates++;
            } else {
                assertTrue(result.path("samplesPerSecond").isMissingNode(), result.toString());
            }
        }
        assertTrue(rates >= 2);
        assertTrue(
                results.get(1).at("/warmUp/startToFirstStepSeconds").isMissingNode(),
                "only the first case is near the start");
    }

    @Test
    void casesAreChosenByLabel() {
        JsonNode results =
                Cli.run("benchmark", "matmul", "--case", "64x64x64", "--seconds", 0.01, "--json")
                        .succeeded()
                        .json()
                        .path("results");
        assertEquals(1, results.size());
        assertEquals("64x64x64", results.get(0).path("case").asText());
        Cli.run("benchmark", "launch", "--case", "mtmul [8, 8]")
                .failed(2, "--case", "\"matmul [8, 8]\"");
    }

    @Test
    void theTableHasARowForEachCaseAndSaysWhatItsColumnsMean() {
        String out = Cli.run("benchmark", "launch", "--seconds", 0.01).succeeded().out();
        assertEquals(4, out.lines().filter(line -> line.startsWith("launch ")).count(), out);
        assertTrue(out.contains("ms/step: median"), out);
    }

    @Test
    void helpListsTheWorkloads() {
        String help = Cli.run("benchmark", "--help").succeeded().out();
        assertTrue(help.contains("  mlp        784-512-512-10"), help);
        assertTrue(help.contains("  launch     "), help);
        assertFalse(help.contains("--serve"), help);
    }

    @Test
    void mistakesAreToldInALine() {
        Cli.run("benchmark", "matmull").failed(2, "no workload \"matmull\"", "\"matmul\"");
        Cli.run("benchmark", "mlp", "nonsense").failed(2, "\"nonsense\"", "mlp, lenet");
        Cli.run("benchmark", "--seconds", 0).failed(2, "--seconds", "above 0");
        Cli.run("benchmark", "--seconds", "long").failed(2, "--seconds");
        Cli.run("benchmark", "mlp", "--threads", -1).failed(2, "--threads", "1 or more");
        Cli.run("benchmark", "mlp", "--device", "cpuu").failed(2, "\"cpuu\"", "\"cpu\"");
        Cli.run("benchmark", "mlp", "--precision", "f16").failed(2, "--precision", "\"f16\"");
        Cli.run("benchmark", "--precision", "bf16").failed(2, "--precision", "mlp");
        Cli.run("benchmark", "launch", "--precision", "bf16").failed(2, "no training step");
        Cli.run("benchmark", "--serve").failed(2, "--serve", "name workloads");
    }

    @Test
    void aServedTrainingTakesStepsWhenTold() throws IOException {
        Process process =
                new ProcessBuilder(Cli.java(true, "benchmark", "mlp", "--device", "cpu", "--serve"))
                        .redirectError(folder.resolve("err.txt").toFile())
                        .start();
        try (BufferedReader answers = process.inputReader();
                PrintWriter requests = new PrintWriter(process.outputWriter(), true)) {
            JsonNode first = answer(answers);
            assertEquals("cpu", first.path("device").asText());
            assertEquals("[\"mlp step\"]", first.path("cases").toString());
            requests.println("loss");
            double before = answer(answers).path("loss").asDouble();
            // The loss of a network that knows nothing of ten classes is about ln 10.
            assertEquals(Math.log(10), before, 0.5);
            Path file = folder.resolve("values.safetensors");
            requests.println("save " + file);
            assertEquals(file.toString(), answer(answers).path("saved").asText());
            Map<String, HostArray> values = Safetensors.read(file);
            assertEquals(Shape.of(128, 1, 28, 28), values.get("batch.input").shape());
            assertEquals(Shape.of(512, 784), values.get("layers.1.weight").shape());
            requests.println("run 5");
            JsonNode times = answer(answers);
            assertTrue(times.path("nanoseconds").asLong() > 0);
            assertTrue(times.path("processorNanoseconds").asLong() > 0);
            requests.println("memory");
            assertTrue(answer(answers).path("peakMemoryBytes").asLong() > 10_000_000);
            requests.println("loss");
            assertTrue(answer(answers).path("loss").asDouble() < before);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void servedOperationsAreTimedOneAfterTheOther() throws IOException {
        Path errors = folder.resolve("err.txt");
        Process process =
                new ProcessBuilder(Cli.java(true, "benchmark", "launch", "norm", "--serve"))
                        .redirectError(errors.toFile())
                        .start();
        try (BufferedReader answers = process.inputReader();
                PrintWriter requests = new PrintWriter(process.outputWriter(), true)) {
            List<String> cases = new ArrayList<>();
            answer(answers).path("cases").forEach(name -> cases.add(name.asText()));
            assertTrue(cases.contains("launch matmul [8, 8]"), cases.toString());
            for (String name : cases) {
                requests.println("prepare " + name);
                assertEquals(name, answer(answers).path("prepared").asText());
                requests.println("run 2");
                assertTrue(answer(answers).path("nanoseconds").asLong() > 0, name);
            }
            requests.println("prepare launch nothing");
            assertNull(answers.readLine());
            assertTrue(Files.readString(errors).contains("there is no case \"launch nothing\""));
        } finally {
            process.destroyForcibly();
        }
    }

    private static JsonNode answer(BufferedReader answers) throws IOException {
        return new JsonMapper().readTree(answers.readLine());
    }
}
