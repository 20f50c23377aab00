package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Dataset;
import org.gradus.data.Normalize;
import org.gradus.shape.Shape;

/**
 * Pictures or rows of a table: arrays of numbers of one shape.
 *
 * @param shape the shape of an input: {@code [channels, height, width]} of a picture, {@code
 *     [columns]} of a row of a table
 * @param classes the names of the classes, by index of the output; empty if a number is predicted
 * @param columns the names of a table's columns, in the order of the input; empty for pictures
 * @param mean what is subtracted from each value: one for all, or one per column
 * @param deviation what the difference is divided by
 * @param target how a target that is a number was scaled
 */
public record InputFormat(
        Shape shape,
        List<String> classes,
        List<String> columns,
        double[] mean,
        double[] deviation,
        TargetScale target)
        implements DataFormat {
    static final String KIND_OF_THIS = "array";

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

    /** Returns the number of outputs of a model that predicts: one per class, or one number. */
    public int outputs() {
        return Math.max(1, classes.size());
    }

    /** Returns whether values reach the model as they are, pixels as numbers from 0 to 1. */
    public boolean isUnscaled() {
        return mean.length == 1 && mean[0] == 0 && (deviation[0] == 1 || deviation[0] == 0);
    }

    /** Returns the transform that is applied to values after bytes became 0..1. */
    public Normalize normalization() {
        return Normalize.of(mean, deviation);
    }

    /** Returns a data set with the normalization applied, if there is any. */
    Dataset normalized(Dataset dataset) {
        return isUnscaled() ? dataset : dataset.map(normalization());
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }

    @Override
    public String description() {
        String samples = (isTable() ? "rows " : "pictures ") + shape;
        return classes.isEmpty() ? samples : samples + " of " + classes.size() + " classes";
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof InputFormat format
                && format.shape.equals(shape)
                && format.classes.equals(classes);
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS);
        ArrayNode sizes = tree.putArray("shape");
        for (int size : shape.sizes()) {
            sizes.add(size);
        }
        classes.forEach(tree.putArray("classes")::add);
        columns.forEach(tree.putArray("columns")::add);
        put(tree.putArray("mean"), mean);
        put(tree.putArray("deviation"), deviation);
        tree.putObject("target").put("mean", target.mean()).put("deviation", target.deviation());
        return tree;
    }

    static InputFormat of(JsonNode tree) {
        double[] shape = numbers(tree.path("shape"));
        int[] sizes = new int[shape.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (int) shape[i];
        }
        JsonNode target = tree.path("target");
        return new InputFormat(
                Shape.of(sizes),
                texts(tree.path("classes")),
                texts(tree.path("columns")),
                numbers(tree.path("mean")),
                numbers(tree.path("deviation")),
                new TargetScale(
                        target.path("mean").asDouble(0), target.path("deviation").asDouble(1)));
    }

    private static void put(ArrayNode array, double[] values) {
        for (double value : values) {
            array.add(value);
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }
}
