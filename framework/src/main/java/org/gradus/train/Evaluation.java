package org.gradus.train;

import java.util.Map;

/**
 * How good a model is on a data set.
 *
 * @param values the mean loss over the samples, then the metrics, by name
 * @param samples the number of samples
 * @param seconds the time it took
 */
public record Evaluation(Map<String, Double> values, long samples, double seconds) {
    /** Copies the map, keeping its order. */
    public Evaluation {
        values = Values.copy(values);
    }
}
