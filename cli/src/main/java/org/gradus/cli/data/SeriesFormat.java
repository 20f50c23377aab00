package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Statistics;
import org.gradus.shape.Shape;

/**
 * Windows of a time series: past days {@code [past, columns]}, of which the next days of one column
 * are forecast.
 *
 * @param past the number of days that are known
 * @param horizon the number of days to forecast
 * @param columns the names of the columns
 * @param target the column to forecast
 * @param statistics with which the columns are standardized
 */
public record SeriesFormat(
        int past, int horizon, List<String> columns, String target, Statistics statistics)
        implements DataFormat {
    static final String KIND_OF_THIS = "series";

    /** Copies the list. */
    public SeriesFormat {
        columns = List.copyOf(columns);
    }

    /** Returns the shape of a sample's input. */
    public Shape shape() {
        return Shape.of(past, columns.size());
    }

    /** Returns the index of the column to forecast. */
    public int targetColumn() {
        return columns.indexOf(target);
    }

    /** Returns what one standard deviation of the target is in its own unit. */
    public double unit() {
        double deviation = statistics.deviation()[targetColumn()];
        return deviation == 0 ? 1 : deviation;
    }

    /** Returns a standardized value of the target in its own unit. */
    public double inUnit(double value) {
        return value * unit() + statistics.mean()[targetColumn()];
    }

    @Override
    public String description() {
        return "windows of " + past + " days and " + horizon + " of " + target;
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof SeriesFormat format
                && format.past == past
                && format.horizon == horizon
                && format.columns.equals(columns)
                && format.target.equals(target);
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS).put("past", past).put("horizon", horizon);
        columns.forEach(tree.putArray("columns")::add);
        tree.put("target", target);
        put(tree.putArray("mean"), statistics.mean());
        put(tree.putArray("deviation"), statistics.deviation());
        return tree;
    }

    static SeriesFormat of(JsonNode tree) {
        List<String> columns = new ArrayList<>();
        tree.path("columns").forEach(name -> columns.add(name.asText()));
        double[] mean = numbers(tree.path("mean"));
        double[] deviation = numbers(tree.path("deviation"));
        String target = tree.path("target").asText();
        int past = tree.path("past").asInt();
        int horizon = tree.path("horizon").asInt();
        if (past < 1
                || horizon < 1
                || !columns.contains(target)
                || mean.length != columns.size()
                || deviation.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a series needs days, columns with mean and deviation, and a target of these");
        }
        return new SeriesFormat(past, horizon, columns, target, new Statistics(mean, deviation));
    }

    private static void put(ArrayNode array, double[] values) {
        for (double value : values) {
            array.add(value);
        }
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }
}
