package org.gradus.cli.task;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.gradus.train.Prediction;

/**
 * The classes to which an input may belong, as an answer: the likeliest ones for people, all for
 * programs.
 */
final class ClassAnswer {
    private static final int SHOWN = 3;

    private ClassAnswer() {}

    /**
     * Returns an answer.
     *
     * @param input what the input is called
     * @param classes the names of the classes
     */
    static Answer of(String input, Prediction prediction, List<String> classes) {
        return new Answer(line(input, prediction, classes), json(input, prediction, classes));
    }

    private static String line(String input, Prediction prediction, List<String> classes) {
        List<String> likeliest =
                IntStream.range(0, classes.size())
                        .boxed()
                        .sorted(Comparator.comparing(prediction.probabilities()::get).reversed())
                        .limit(SHOWN)
                        .map(label -> named(label, prediction, classes))
                        .toList();
        List<String> others = new ArrayList<>(likeliest.subList(1, likeliest.size()));
        return input
                + ": "
                + likeliest.getFirst()
                + (others.isEmpty() ? "" : " (" + String.join(", ", others) + ")");
    }

    private static String named(int label, Prediction prediction, List<String> classes) {
        return String.format(
                Locale.ROOT, "%s %.3f", classes.get(label), prediction.probabilities().get(label));
    }

    private static ObjectNode json(String input, Prediction prediction, List<String> classes) {
        ObjectNode node = new JsonMapper().createObjectNode();
        node.put("input", input);
        node.put("label", prediction.label());
        node.put("class", prediction.name());
        node.put("probability", prediction.probability());
        ObjectNode probabilities = node.putObject("probabilities");
        for (int label = 0; label < classes.size(); label++) {
            probabilities.put(classes.get(label), prediction.probabilities().get(label));
        }
        return node;
    }
}
