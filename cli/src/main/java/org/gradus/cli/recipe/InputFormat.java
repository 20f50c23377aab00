package org.gradus.cli.recipe;

import java.util.List;
import org.gradus.data.Dataset;
import org.gradus.data.Normalize;
import org.gradus.shape.Shape;

/**
 * What a trained model expects as input and what its output means; kept with the run, so that a
 * prediction needs no training data.
 *
 * @param shape the shape of an input: {@code [channels, height, width]} of a picture, {@code
 *     [columns]} of a row of a table
 * @param classes the names of the classes, by index of the output
 * @param columns the names of a table's columns, in the order of the input; empty for pictures
 * @param mean what is subtracted from each value: one for all, or one per column
 * @param deviation what the difference is divided by
 */
public record InputFormat(
        Shape shape,
        List<String> classes,
        List<String> columns,
        double[] mean,
        double[] deviation) {
    /** Copies the lists and arrays. */
    public InputFormat {
        classes = List.copyOf(classes);
        columns = List.copyOf(columns);
        mean = mean.clone();
        deviation = deviation.clone();
    }

    /** Returns whether the inputs are rows of a table, not pictures. */
    public boolean isTable() {
        return !columns.isEmpty();
    }

    /** Returns the transform that is applied to values after bytes became 0..1. */
    public Normalize normalization() {
        return Normalize.of(mean, deviation);
    }

    /** Returns a data set with the normalization applied, if there is any. */
    Dataset normalized(Dataset dataset) {
        boolean identity =
                mean.length == 1 && mean[0] == 0 && (deviation[0] == 1 || deviation[0] == 0);
        return identity ? dataset : dataset.map(normalization());
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }
}
