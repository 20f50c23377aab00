package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.gradus.io.Safetensors;
import org.gradus.tensor.HostArray;
import org.gradus.train.CheckpointFolder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that are stopped, killed, or run out of disk, and go on. */
class StopTest {
    private static final int KILLS = 4;
    private static final List<Object> TRAIN =
            List.of("train", "digits", "--epochs", 4, "--set", "checkpoint_every=7", "--out");

    @TempDir private static Path folder;
    private static Path whole;

    @BeforeAll
    static void trainWithoutStop() {
        whole = folder.resolve("whole");
        Cli.run(command(whole)).succeeded();
    }

    @Test
    void aRunKilledAtAnyMomentEndsAsIfItHadNotBeen() throws Exception {
        Random random = new Random();
        long seed = random.nextLong();
        random.setSeed(seed);
        Path run = folder.resolve("killed");
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = Cli.start(folder, Cli.java(true, command(run, "--resume")));
            // From before the first file is written until well into the training.
            boolean ended = process.waitFor(random.nextInt(500, 6000), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            assertTrue(!ended || process.exitValue() == 0, () -> "seed " + seed);
        }
        Cli.fork(folder, command(run, "--resume")).succeeded();
        assertSameEnd(run, "killed with seed " + seed);
        assertEquals(
                Cli.json(whole.resolve("summary.json")).path("validation"),
                Cli.json(run.resolve("summary.json")).path("validation"));
        List<String> steps = steps(run);
        assertEquals(steps(whole), steps, "each step is in the metrics once");
    }

    @Test
    void anInterruptedRunWritesACheckpointAndGoesOn() throws Exception {
        for (String signal : List.of("INT", "TERM")) {
            Path run = folder.resolve("signal-" + signal);
            Process process = Cli.start(folder, Cli.java(true, command(run)));
            await(() -> Files.exists(run.resolve("metrics.jsonl")), process);
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            Cli stopped = Cli.finish(process, folder);
            assertEquals(130, stopped.code(), stopped.err());
            assertTrue(stopped.out().contains("checkpoint written"), stopped.out());
            assertTrue(
                    stopped.out().contains("next: gradus train digits --resume --out " + run),
                    stopped.out());
            assertFalse(Files.exists(run.resolve("summary.json")));
            assertTrue(new CheckpointFolder(run.resolve("checkpoints")).newest().isPresent());
            Cli.run(command(run, "--resume")).succeeded();
            assertSameEnd(run, "stopped by SIG" + signal);
        }
    }

    /** Only then are there curves, which have to be drawn while the process is ending. */
    @Test
    void aRunInterruptedAfterAnEpochShowsItsCurves() throws Exception {
        Path run = folder.resolve("curves");
        Process process =
                Cli.start(
                        folder, Cli.java(true, "train", "digits", "--epochs", 9999, "--out", run));
        Path metrics = run.resolve("metrics.jsonl");
        await(() -> Files.exists(metrics) && hasEpoch(metrics), process);
        process.destroy();
        Cli stopped = Cli.finish(process, folder);
        assertEquals(130, stopped.code(), stopped.err());
        String report = Files.readString(run.resolve("report.html"));
        assertTrue(report.contains("Curves of the loss"), "no chart in the report");
    }

    private static boolean hasEpoch(Path metrics) {
        try {
            return Files.readString(metrics).contains("\"type\":\"epoch\"");
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Test
    void aFullDiskFailsTheRunAndLeavesTheLastCheckpoint() throws Exception {
        Path run = folder.resolve("full");
        Cli.run("train", "digits", "--epochs", 1, "--out", run).succeeded();
        // The limit on a file's size stands in for the disk: writing fails in the same way.
        List<String> limited =
                new ArrayList<>(List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"));
        limited.addAll(Cli.java(true, "train", "digits", "--epochs", 2, "--resume", "--out", run));
        Cli.finish(Cli.start(folder, limited), folder)
                .failed(1, "cannot be written", "make room", "resume");
        Cli.run("evaluate", run).succeeded();
        Cli.run("train", "digits", "--epochs", 2, "--resume", "--out", run).succeeded();
        Path never = folder.resolve("never-full");
        Cli.run("train", "digits", "--epochs", 2, "--out", never).succeeded();
        assertEquals(
                Cli.json(never.resolve("summary.json")).path("steps"),
                Cli.json(run.resolve("summary.json")).path("steps"));
    }

    @Test
    void aCheckpointOfAnotherModelIsRefused() throws IOException {
        Path run = folder.resolve("other");
        Cli.run("train", "digits", "--steps", 3, "--out", run).succeeded();
        Path config = run.resolve("config.yaml");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("name: digits-cnn", "name: mlp\n  hidden: [32]"));
        Cli.run("evaluate", run).failed(2, "does not fit the model", "layers.1.weight");
        Cli.run("train", "digits", "--resume", "--steps", 6, "--out", run)
                .failed(2, "does not fit the model", "layers.1.weight");
        Files.writeString(config, text.replace("name: digits-cnn", "name: lenet"));
        Cli.run("evaluate", run).failed(2, "does not fit the data");
        Files.writeString(config, text);
        Cli.run("evaluate", run).succeeded();
    }

    @Test
    void aDamagedCheckpointIsPassedOver() throws IOException {
        Path run = folder.resolve("damaged");
        Cli.run("train", "digits", "--epochs", 2, "--out", run).succeeded();
        List<Path> files = new CheckpointFolder(run.resolve("checkpoints")).files();
        assertEquals(2, files.size());
        flip(files.getFirst());
        Cli.run("evaluate", run).succeeded();
        flip(files.getLast());
        Cli.run("evaluate", run).failed(2, files.getFirst().toString(), "check sum");
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5] ^= 1;
        Files.write(file, bytes);
    }

    private static Object[] command(Path run, Object... more) {
        List<Object> command = new ArrayList<>(TRAIN);
        command.add(run);
        command.addAll(List.of(more));
        return command.toArray();
    }

    /** Compares all tensors of the last checkpoints: the model, the optimizer, the sums. */
    private static void assertSameEnd(Path run, String how) {
        Path expected = new CheckpointFolder(whole.resolve("checkpoints")).files().getFirst();
        Path actual = new CheckpointFolder(run.resolve("checkpoints")).files().getFirst();
        assertEquals(expected.getFileName(), actual.getFileName(), how);
        Map<String, HostArray> after = Safetensors.read(actual);
        Safetensors.read(expected)
                .forEach(
                        (name, array) ->
                                assertEquals(
                                        -1,
                                        array.data().mismatch(after.get(name).data()),
                                        () -> name + " differs, " + how));
    }

    private static List<String> steps(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceFirst("(\"epoch\":\\d+).*", "$1"))
                .toList();
    }

    private static void await(BooleanSupplier condition, Process process) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!condition.getAsBoolean()) {
            assertTrue(process.isAlive(), "the process ended too soon");
            assertTrue(System.nanoTime() < end, "nothing happened for too long");
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }
}
