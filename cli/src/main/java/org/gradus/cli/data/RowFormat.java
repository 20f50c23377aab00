package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Table;
import org.gradus.data.TableFormat;
import org.gradus.data.TableFormat.CategoryColumn;
import org.gradus.data.TableFormat.Column;
import org.gradus.data.TableFormat.NumberColumn;
import org.gradus.data.TableFormat.Target;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Rows of a table, whose cells became numbers as was learnt from the training part.
 *
 * @param table how
 * @param separator what stands between the cells of a row
 * @param scale how a target that is a number was scaled
 */
public record RowFormat(TableFormat table, char separator, TargetScale scale)
        implements ArrayFormat {
    static final String KIND_OF_THIS = "rows";

    @Override
    public Shape shape() {
        return Shape.of(table.features());
    }

    @Override
    public List<String> classes() {
        return table.target().classes();
    }

    /**
     * Reads rows that need no target: each {@code F32 [features]}.
     *
     * @throws org.gradus.data.DataException if the file is missing or damaged, lacks a column, or
     *     has a cell that is no number where one is needed
     */
    public List<HostArray> read(Path file) {
        HostArray inputs = table.inputs(Table.read(file, separator));
        List<HostArray> rows = new ArrayList<>();
        for (int row = 0; row < inputs.shape().size(0); row++) {
            rows.add(inputs.row(row));
        }
        return rows;
    }

    /** Returns what each column became, a line each. */
    public List<String> explanation() {
        List<String> lines = new ArrayList<>();
        for (Column column : table.columns()) {
            lines.add(
                    switch (column) {
                        case NumberColumn number ->
                                "%s: number, mean %.6g, standard deviation %.6g%s"
                                        .formatted(
                                                number.name(),
                                                number.mean(),
                                                number.deviation(),
                                                number.marksMissing() ? ", may be missing" : "");
                        case CategoryColumn category ->
                                category.name()
                                        + ": one of "
                                        + String.join(", ", category.names())
                                        + ", or unknown";
                    });
        }
        Target target = table.target();
        lines.add(
                target.name()
                        + " is predicted: "
                        + (target.isNumber()
                                ? "a number"
                                : "one of " + String.join(", ", target.classes())));
        return lines;
    }

    @Override
    public String description() {
        String rows = "rows of " + table.columns().size() + " columns, " + shape() + " numbers";
        return classes().isEmpty() ? rows : rows + ", of " + classes().size() + " classes";
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof RowFormat format && format.table.equals(table);
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS).put("separator", String.valueOf(separator));
        Target target = table.target();
        ObjectNode predicted = tree.putObject("target").put("name", target.name());
        if (target.isNumber()) {
            predicted.put("mean", scale.mean()).put("deviation", scale.deviation());
        } else {
            target.classes().forEach(predicted.putArray("classes")::add);
        }
        ArrayNode columns = tree.putArray("columns");
        for (Column column : table.columns()) {
            ObjectNode node = columns.addObject().put("name", column.name());
            switch (column) {
                case NumberColumn number ->
                        node.put("mean", number.mean())
                                .put("deviation", number.deviation())
                                .put("marksMissing", number.marksMissing());
                case CategoryColumn category ->
                        category.names().forEach(node.putArray("names")::add);
            }
        }
        return tree;
    }

    static RowFormat of(JsonNode tree) {
        JsonNode predicted = tree.path("target");
        boolean number = !predicted.has("classes");
        String separator = tree.path("separator").asText();
        List<Column> columns = new ArrayList<>();
        tree.path("columns").forEach(column -> columns.add(column(column)));
        if (separator.length() != 1 || columns.isEmpty() || !predicted.has("name")) {
            throw new IllegalArgumentException("it has no separator, target or columns");
        }
        return new RowFormat(
                new TableFormat(
                        new Target(
                                predicted.path("name").asText(),
                                JsonArrays.texts(predicted.path("classes")),
                                number),
                        columns),
                separator.charAt(0),
                number
                        ? new TargetScale(
                                predicted.path("mean").asDouble(),
                                predicted.path("deviation").asDouble(1))
                        : TargetScale.NONE);
    }

    private static Column column(JsonNode node) {
        String name = node.path("name").asText();
        if (node.has("names")) {
            return new CategoryColumn(name, JsonArrays.texts(node.path("names")));
        }
        if (!node.path("deviation").isNumber()) {
            throw new IllegalArgumentException("its column " + name + " is of no known kind");
        }
        return new NumberColumn(
                name,
                node.path("mean").asDouble(),
                node.path("deviation").asDouble(),
                node.path("marksMissing").asBoolean());
    }
}
