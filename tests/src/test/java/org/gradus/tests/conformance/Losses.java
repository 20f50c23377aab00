package org.gradus.tests.conformance;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.gradus.nn.CrossEntropy;
import org.gradus.nn.Loss;

/** What each golden loss is in Gradus, a line for each: {@code families/losses.py}. */
final class Losses {
    private final Map<String, Function<Call, Loss>> losses = new LinkedHashMap<>();

    Losses() {
        losses.put("meanSquaredError", _ -> Loss.meanSquaredError());
        losses.put("meanAbsoluteError", _ -> Loss.meanAbsoluteError());
        losses.put("huber", c -> Loss.huber(c.number("delta")));
        losses.put("smoothL1", c -> Loss.smoothL1(c.number("beta")));
        losses.put("binaryCrossEntropyWithLogits", _ -> Loss.binaryCrossEntropyWithLogits());
        losses.put("binaryCrossEntropy", _ -> Loss.binaryCrossEntropy());
        losses.put("divergence", _ -> Loss.divergence());
        losses.put("crossEntropyLoss", Losses::crossEntropy);
        losses.put("negativeLogLikelihood", _ -> Loss.negativeLogLikelihood());
    }

    Map<String, Function<Call, Loss>> all() {
        return losses;
    }

    private static Loss crossEntropy(Call call) {
        Arguments arguments = call.arguments();
        CrossEntropy loss = Loss.crossEntropy();
        if (arguments.has("smoothing")) {
            loss = loss.withLabelSmoothing(arguments.number("smoothing"));
        }
        if (arguments.has("ignored")) {
            loss = loss.withIgnoredLabel(arguments.integer("ignored"));
        }
        if (arguments.has("weights")) {
            loss =
                    loss.withClassWeights(
                            Arrays.stream(arguments.numbers("weights")).boxed().toList());
        }
        return loss;
    }
}
