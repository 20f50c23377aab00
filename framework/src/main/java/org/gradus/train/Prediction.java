package org.gradus.train;

import java.util.List;

/**
 * What a classifier makes of a sample.
 *
 * @param label the most probable class
 * @param name the name of that class; its number as a text where classes have no names
 * @param probabilities the probability of each class
 */
public record Prediction(int label, String name, List<Double> probabilities) {
    /** Copies the list. */
    public Prediction {
        probabilities = List.copyOf(probabilities);
    }

    /** Returns the probability of the predicted class. */
    public double probability() {
        return probabilities.get(label);
    }
}
