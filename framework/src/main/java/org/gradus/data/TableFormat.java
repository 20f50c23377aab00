package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * How the rows of a table become samples, as learnt from the training part alone: what is measured
 * on later must not have a say in it.
 *
 * <ul>
 *   <li>A column whose cells are all numbers or missing becomes {@code (x - mean) / deviation}; a
 *       missing number becomes the mean, which is 0. Where the training part has missing numbers a
 *       second feature is 1 where the number is missing and 0 elsewhere.
 *   <li>Any other column, or one that is called a category, becomes a feature for each of its names
 *       in the training part, sorted, and one for what is unknown or missing: 1 for the cell's, 0
 *       for the others.
 *   <li>A cell is missing if it is empty, {@code ?}, {@code NA}, {@code N/A}, {@code NaN} or {@code
 *       null}. A missing target is refused.
 * </ul>
 *
 * <pre>{@code
 * var parts = Table.read(Path.of("houses.csv")).split(0.8, 0);
 * var format = TableFormat.fit(parts.train(), TableFormat.Target.number("price"), Set.of());
 * var train = format.encode(parts.train());
 * }</pre>
 *
 * @param target what is predicted
 * @param columns the other columns that are used, in the order of their features
 */
public record TableFormat(Target target, List<Column> columns) {
    private static final Set<String> MISSING = Set.of("", "?", "NA", "N/A", "NaN", "null");

    /** What one column becomes. */
    public sealed interface Column {
        /** Returns the column's name. */
        String name();

        /** Returns how many features it becomes. */
        int width();
    }

    /**
     * A column of numbers.
     *
     * @param name its name
     * @param mean their mean in the training part
     * @param deviation their standard deviation there; 1 where they are all the same
     * @param marksMissing whether there is a second feature for missing numbers
     */
    public record NumberColumn(String name, double mean, double deviation, boolean marksMissing)
            implements Column {
        @Override
        public int width() {
            return marksMissing ? 2 : 1;
        }
    }

    /**
     * A column of names.
     *
     * @param name its name
     * @param names the names in the training part, sorted
     */
    public record CategoryColumn(String name, List<String> names) implements Column {
        /** Copies the list. */
        public CategoryColumn {
            names = List.copyOf(names);
        }

        @Override
        public int width() {
            return names.size() + 1;
        }
    }

    /**
     * The column to be predicted.
     *
     * @param name its name
     * @param classes its classes; empty for a number, and as long as none is fitted
     * @param isNumber whether it is a number
     */
    public record Target(String name, List<String> classes, boolean isNumber) {
        /** Copies the list. */
        public Target {
            classes = List.copyOf(classes);
        }

        /** Returns a column of names to predict, which are those of the training part. */
        public static Target ofClass(String name) {
            return new Target(name, List.of(), false);
        }

        /** Returns a column of numbers to predict; they stay as they are. */
        public static Target number(String name) {
            return new Target(name, List.of(), true);
        }
    }

    /** Copies the list. */
    public TableFormat {
        columns = List.copyOf(columns);
    }

    /**
     * Learns a format from the training part.
     *
     * @param train the training part
     * @param target what is predicted
     * @param ignored the columns to leave out
     * @param categories the columns whose numbers are names, such as post codes
     * @throws DataException if there is no such column, a target is missing, or nothing is left to
     *     predict from
     */
    public static TableFormat fit(
            Table train, Target target, Set<String> ignored, Set<String> categories) {
        train.column(target.name);
        ignored.forEach(train::column);
        categories.forEach(train::column);
        List<Column> columns = new ArrayList<>();
        for (String name : train.columns()) {
            if (!name.equals(target.name) && !ignored.contains(name)) {
                columns.add(column(train, name, categories.contains(name)));
            }
        }
        if (columns.isEmpty()) {
            throw new DataException(
                    train.file() + ": has no column besides the target; add or do not ignore some");
        }
        Target fitted = target;
        if (!target.isNumber && target.classes.isEmpty()) {
            fitted = new Target(target.name, names(train, train.column(target.name)), false);
        }
        return new TableFormat(fitted, columns);
    }

    /** Learns a format in which every column of numbers is one; see the other {@code fit}. */
    public static TableFormat fit(Table train, Target target, Set<String> ignored) {
        return fit(train, target, ignored, Set.of());
    }

    private static Column column(Table train, String name, boolean category) {
        int index = train.column(name);
        List<String> present =
                train.rows().stream()
                        .map(row -> row.cells().get(index))
                        .filter(cell -> !MISSING.contains(cell))
                        .toList();
        boolean numbers =
                !category
                        && !present.isEmpty()
                        && present.stream().allMatch(cell -> Float.isFinite(CsvTable.parse(cell)));
        if (!numbers) {
            return new CategoryColumn(name, names(train, index));
        }
        double mean = 0;
        for (String cell : present) {
            mean += CsvTable.parse(cell) / (double) present.size();
        }
        double variance = 0;
        for (String cell : present) {
            double distance = CsvTable.parse(cell) - mean;
            variance += distance * distance / present.size();
        }
        double deviation = variance == 0 ? 1 : Math.sqrt(variance);
        return new NumberColumn(name, mean, deviation, present.size() < train.rows().size());
    }

    private static List<String> names(Table table, int column) {
        TreeSet<String> names = new TreeSet<>();
        table.rows().forEach(row -> names.add(row.cells().get(column)));
        names.removeAll(MISSING);
        return List.copyOf(names);
    }

    /** Returns the number of features of a sample. */
    public int features() {
        return columns.stream().mapToInt(Column::width).sum();
    }

    /**
     * Returns the rows as samples: inputs {@code F32 [features]}, targets a class ({@code I64}
     * scalar) or a number ({@code F32 [1]}).
     *
     * @throws DataException if a column is missing, a cell of a column of numbers is none, or a
     *     target is missing or no known class; the message names line and column
     */
    public InMemoryDataset encode(Table table) {
        int count = table.rows().size();
        float[] inputs = new float[Math.multiplyExact(count, features())];
        int position = 0;
        int[] indices = columns.stream().mapToInt(column -> table.column(column.name())).toArray();
        int targetIndex = table.column(target.name);
        float[] numbers = new float[count];
        long[] labels = new long[count];
        for (int i = 0; i < count; i++) {
            Table.Row row = table.rows().get(i);
            for (int j = 0; j < indices.length; j++) {
                encode(columns.get(j), row.cells().get(indices[j]), inputs, position)
                        .ifPresent(problem -> refuse(table, row, problem));
                position += columns.get(j).width();
            }
            String cell = row.cells().get(targetIndex);
            if (target.isNumber) {
                numbers[i] = CsvTable.parse(cell);
            } else {
                labels[i] = target.classes.indexOf(cell);
            }
            if (labels[i] < 0 || !Float.isFinite(numbers[i])) {
                refuse(
                        table,
                        row,
                        "("
                                + target.name
                                + "): \""
                                + cell
                                + "\" is "
                                + (target.isNumber
                                        ? "no finite number"
                                        : "none of the training part's classes "
                                                + String.join(", ", target.classes)));
            }
        }
        return InMemoryDataset.of(
                HostArray.of(inputs, Shape.of(count, features())),
                target.isNumber
                        ? HostArray.of(numbers, Shape.of(count, 1))
                        : HostArray.of(labels, Shape.of(count)),
                target.classes,
                table.file().getFileName().toString());
    }

    /** Writes a cell's features; returns what is wrong with it. */
    private static Optional<String> encode(Column column, String cell, float[] into, int at) {
        boolean missing = MISSING.contains(cell);
        switch (column) {
            case CategoryColumn category -> {
                int index = missing ? -1 : category.names.indexOf(cell);
                into[at + (index < 0 ? category.names.size() : index)] = 1;
            }
            case NumberColumn number -> {
                if (missing && number.marksMissing) {
                    into[at + 1] = 1;
                }
                if (!missing) {
                    float value = CsvTable.parse(cell);
                    if (!Float.isFinite(value)) {
                        return Optional.of(
                                "("
                                        + number.name
                                        + "): \""
                                        + cell
                                        + "\" is no finite number, as the training part has");
                    }
                    into[at] = (float) ((value - number.mean) / number.deviation);
                }
            }
        }
        return Optional.empty();
    }

    private static void refuse(Table table, Table.Row row, String problem) {
        throw new DataException(
                table.file()
                        + ", line "
                        + row.line()
                        + ", column "
                        + problem
                        + "; correct the cell or remove the row");
    }
}
