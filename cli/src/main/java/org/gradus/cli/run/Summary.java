package org.gradus.cli.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.gradus.cli.recipe.Recipe;
import org.gradus.train.TrainingResult;

/**
 * The final numbers of a run: the content of {@code summary.json}, on which scripts depend.
 *
 * @param recipe the settings
 * @param device the name of the device
 * @param parameters the number of the model's parameters
 * @param result what the training came to
 */
public record Summary(Recipe recipe, String device, long parameters, TrainingResult result) {

    /** Returns the summary as JSON. */
    public String json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put("recipe", recipe.name());
        tree.put("device", device);
        tree.put("precision", recipe.precision());
        tree.put("seed", recipe.seed());
        tree.put("parameters", parameters);
        tree.put("epochs", result.epochs());
        tree.put("steps", result.steps());
        tree.put("seconds", result.seconds());
        tree.put("samplesPerSecond", result.samplesPerSecond());
        tree.put("peakMemoryBytes", result.peakMemoryBytes());
        put(tree.putObject("train"), result.train());
        put(tree.putObject("validation"), result.validation());
        return tree.toPrettyString() + "\n";
    }

    private static void put(ObjectNode node, Map<String, Double> values) {
        values.forEach(
                (name, value) -> {
                    if (Double.isFinite(value)) {
                        node.put(name, value);
                    } else {
                        node.putNull(name);
                    }
                });
    }
}
