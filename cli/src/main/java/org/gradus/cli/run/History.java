package org.gradus.cli.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was measured in a run, read back from its {@code metrics.jsonl}. */
final class History {
    private final List<JsonNode> steps = new ArrayList<>();
    private final List<JsonNode> epochs = new ArrayList<>();

    /**
     * A value that changes from step to step.
     *
     * @param steps the steps at which it was measured
     * @param values what was measured
     */
    record Curve(List<Double> steps, List<Double> values) {
        boolean isEmpty() {
            return steps.isEmpty();
        }
    }

    private History() {}

    static History read(Path file) {
        History history = new History();
        JsonMapper json = new JsonMapper();
        try {
            for (String text : Files.readAllLines(file)) {
                JsonNode line = json.readTree(text);
                boolean ofEpoch = line.path("type").asText().equals("epoch");
                (ofEpoch ? history.epochs : history.steps).add(line);
            }
        } catch (JacksonException problem) {
            throw new UncheckedIOException(file + ": holds a line that is not JSON", problem);
        } catch (IOException problem) {
            throw new UncheckedIOException(file + ": cannot be read (" + problem + ")", problem);
        }
        return history;
    }

    /** Returns the names of what was measured per epoch, the loss first. */
    Set<String> metrics() {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode epoch : epochs) {
            epoch.path("train").fieldNames().forEachRemaining(names::add);
            epoch.path("validation").fieldNames().forEachRemaining(names::add);
        }
        return names;
    }

    /** Returns the loss from step to step. */
    Curve steps() {
        return curve(steps, "/loss");
    }

    /**
     * Returns a metric at the end of each epoch, on the part {@code train} or {@code validation}.
     */
    Curve epochs(String part, String metric) {
        return curve(epochs, "/" + part + "/" + metric);
    }

    /** Returns the titles of the table's columns. */
    List<String> header() {
        List<String> header = new ArrayList<>(List.of("epoch", "step"));
        metrics().forEach(metric -> header.add("training " + metric));
        metrics().forEach(metric -> header.add("validation " + metric));
        header.addAll(List.of("learning rate", "time"));
        return header;
    }

    /** Returns a row for each epoch. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode epoch : epochs) {
            List<String> row = new ArrayList<>();
            row.add(epoch.path("epoch").asText());
            row.add(Numbers.whole(epoch.path("step").asLong()));
            metrics().forEach(metric -> row.add(cell(epoch.path("train").path(metric))));
            metrics().forEach(metric -> row.add(cell(epoch.path("validation").path(metric))));
            row.add(cell(epoch.path("learningRate")));
            row.add(Numbers.duration(epoch.path("seconds").asDouble()));
            rows.add(row);
        }
        return rows;
    }

    private static String cell(JsonNode value) {
        return value.isNumber() ? Numbers.measured(value.doubleValue()) : "";
    }

    private static Curve curve(List<JsonNode> lines, String pointer) {
        Curve curve = new Curve(new ArrayList<>(), new ArrayList<>());
        for (JsonNode line : lines) {
            JsonNode value = line.at(pointer);
            if (value.isNumber()) {
                curve.steps.add(line.path("step").asDouble());
                curve.values.add(value.doubleValue());
            }
        }
        return curve;
    }
}
