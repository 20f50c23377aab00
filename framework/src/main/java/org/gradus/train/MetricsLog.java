package org.gradus.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.gradus.io.AtomicFiles;

/**
 * Writes a training's reports as lines of JSON: {@code {"type": "step", "step": 20, "epoch": 1,
 * "loss": ..., "learningRate": ..., ...}} and {@code {"type": "epoch", "train": {...},
 * "validation": {...}, ...}}. Values that are no finite numbers are null.
 *
 * <p>A resumed training continues the file; lines after the step it continues from are dropped, as
 * they will be written again.
 */
public final class MetricsLog implements TrainingListener {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private BufferedWriter writer;

    /** Makes a log that writes to a file, which is opened when the training starts. */
    public MetricsLog(Path file) {
        this.file = file;
    }

    @Override
    public void onStart(TrainingStart start) {
        attempt(
                () -> {
                    AtomicFiles.write(file, kept(start.step()));
                    writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
                });
    }

    @Override
    public void onStep(StepReport report) {
        ObjectNode line = JSON.createObjectNode().put("type", "step");
        line.put("step", report.step()).put("epoch", report.epoch());
        number(line, "loss", report.loss());
        numbers(line, report.otherLosses());
        number(line, "learningRate", report.learningRate());
        if (!Double.isNaN(report.gradientNorm())) {
            number(line, "gradientNorm", report.gradientNorm());
        }
        number(line, "samplesPerSecond", report.samplesPerSecond());
        number(line, "seconds", report.seconds());
        append(line);
    }

    @Override
    public void onEpochEnd(EpochReport report) {
        ObjectNode line = JSON.createObjectNode().put("type", "epoch");
        line.put("step", report.step()).put("epoch", report.epoch());
        numbers(line.putObject("train"), report.train());
        numbers(line.putObject("validation"), report.validation());
        line.put("best", report.best());
        number(line, "learningRate", report.learningRate());
        number(line, "seconds", report.seconds());
        append(line);
    }

    @Override
    public void onClose() {
        if (writer != null) {
            attempt(writer::close);
            writer = null;
        }
    }

    /** Returns the lines of an earlier part of this training, up to a step. */
    private String kept(long step) throws IOException {
        List<String> lines = new ArrayList<>();
        if (step > 0 && Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (stepOf(line) > step) {
                    break;
                }
                lines.add(line);
            }
        }
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    /** A line that was cut off by a crash counts as later than all. */
    private static long stepOf(String line) {
        try {
            JsonNode step = JSON.readTree(line).path("step");
            return step.isIntegralNumber() ? step.longValue() : Long.MAX_VALUE;
        } catch (JacksonException _) {
            return Long.MAX_VALUE;
        }
    }

    private void append(ObjectNode line) {
        attempt(
                () -> {
                    writer.write(line + "\n");
                    writer.flush();
                });
    }

    private static void numbers(ObjectNode node, Map<String, Double> values) {
        values.forEach((name, value) -> number(node, name, value));
    }

    private static void number(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    @FunctionalInterface
    private interface FileWork {
        void run() throws IOException;
    }

    private void attempt(FileWork work) {
        try {
            work.run();
        } catch (IOException | UncheckedIOException problem) {
            throw new TrainingException(
                    file
                            + ": cannot be written ("
                            + problem.getMessage()
                            + "); make room or choose another place, then resume the training",
                    problem);
        }
    }
}
