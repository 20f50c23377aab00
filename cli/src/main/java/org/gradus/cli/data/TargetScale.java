package org.gradus.cli.data;

import org.gradus.data.Dataset;

/**
 * The scale of numbers to be predicted: models learn best to give {@code (number - mean) /
 * deviation}.
 *
 * @param mean the mean over the training set
 * @param deviation the standard deviation over the training set
 */
public record TargetScale(double mean, double deviation) {
    /** The scale of targets that stay as they are, such as classes. */
    public static final TargetScale NONE = new TargetScale(0, 1);

    /** Returns the scale of the targets of a data set, which are numbers. */
    static TargetScale of(Dataset dataset) {
        double sum = 0;
        for (int i = 0; i < dataset.size(); i++) {
            sum += dataset.get(i).target().get(0);
        }
        double mean = sum / dataset.size();
        double squares = 0;
        for (int i = 0; i < dataset.size(); i++) {
            double distance = dataset.get(i).target().get(0) - mean;
            squares += distance * distance;
        }
        double deviation = Math.sqrt(squares / dataset.size());
        return new TargetScale(mean, deviation == 0 ? 1 : deviation);
    }
}
