package org.gradus.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.gradus.tensor.Generator;

/**
 * Where a training stands, besides its tensors: what a checkpoint keeps as JSON.
 *
 * @param run the settings that decide what the batches are
 * @param epoch the epoch, counted from 0
 * @param batch the batches of it that are done
 * @param step the steps done
 * @param seconds the time taken
 * @param best the best value measured so far
 * @param evaluatedStep the step of the last evaluation, 0 before the first
 * @param train the values on the training set at the last evaluation
 * @param validation the values on the validation set at the last evaluation
 * @param generators the states of the model's generators by name
 */
record Progress(
        Run run,
        int epoch,
        int batch,
        long step,
        double seconds,
        Best best,
        long evaluatedStep,
        Map<String, Double> train,
        Map<String, Double> validation,
        Map<String, Generator> generators) {
    private static final int FORMAT = 1;
    private static final JsonMapper JSON = new JsonMapper();

    /** The settings that must be the same when a run is resumed. */
    record Run(long seed, int batchSize, int accumulation, int samples) {}

    /** The best value of what is monitored; at step 0 there is none yet. */
    record Best(String name, double value, long step, int reportsSince) {}

    String toJson() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("format", FORMAT);
        tree.putObject("run")
                .put("seed", run.seed)
                .put("batchSize", run.batchSize)
                .put("accumulation", run.accumulation)
                .put("samples", run.samples);
        tree.put("epoch", epoch).put("batch", batch).put("step", step).put("seconds", seconds);
        ObjectNode bestNode = tree.putObject("best").put("name", best.name);
        putNumber(bestNode, "value", best.value);
        bestNode.put("step", best.step).put("reportsSince", best.reportsSince);
        tree.put("evaluatedStep", evaluatedStep);
        ObjectNode trainNode = tree.putObject("train");
        train.forEach((name, value) -> putNumber(trainNode, name, value));
        ObjectNode validationNode = tree.putObject("validation");
        validation.forEach((name, value) -> putNumber(validationNode, name, value));
        ObjectNode generatorsNode = tree.putObject("generators");
        generators.forEach(
                (name, generator) ->
                        generatorsNode
                                .putObject(name)
                                .put("seed", generator.seed())
                                .put("offset", generator.offset()));
        return tree.toString();
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if it is something else; the message says what is wrong
     */
    static Progress fromJson(String json) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JacksonException problem) {
            throw new IllegalArgumentException("not JSON: " + problem.getOriginalMessage());
        }
        int format = (int) whole(tree, "format");
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "format " + format + " rather than " + FORMAT + ", of another version");
        }
        JsonNode run = tree.path("run");
        JsonNode best = tree.path("best");
        Map<String, Generator> generators = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : tree.path("generators").properties()) {
            JsonNode node = entry.getValue();
            generators.put(
                    entry.getKey(), new Generator(whole(node, "seed"), whole(node, "offset")));
        }
        return new Progress(
                new Run(
                        whole(run, "seed"),
                        count(run, "batchSize"),
                        count(run, "accumulation"),
                        count(run, "samples")),
                count(tree, "epoch"),
                count(tree, "batch"),
                whole(tree, "step"),
                number(tree.path("seconds")),
                new Best(
                        best.path("name").asText(),
                        number(best.path("value")),
                        whole(best, "step"),
                        count(best, "reportsSince")),
                whole(tree, "evaluatedStep"),
                numbers(tree.path("train")),
                numbers(tree.path("validation")),
                generators);
    }

    /** JSON has no NaN or infinity: these are written as texts. */
    private static void putNumber(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.put(name, Double.toString(value));
        }
    }

    private static double number(JsonNode node) {
        try {
            return node.isNumber() ? node.doubleValue() : Double.parseDouble(node.asText());
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("\"" + node.asText() + "\" where a number belongs");
        }
    }

    private static Map<String, Double> numbers(JsonNode node) {
        Map<String, Double> result = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            result.put(entry.getKey(), number(entry.getValue()));
        }
        return result;
    }

    private static long whole(JsonNode tree, String name) {
        JsonNode node = tree.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw new IllegalArgumentException("no whole number \"" + name + "\"");
        }
        return node.longValue();
    }

    private static int count(JsonNode tree, String name) {
        long value = whole(tree, name);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("\"" + name + "\" is " + value);
        }
        return (int) value;
    }
}
