package org.gradus.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
 *       for the others. A column most of whose cells are numbers is refused, as the others may be
 *       mistyped, and so is one of more than 20 names of which nearly every row has its own, as
 *       that tells rows apart; unless they are called categories.
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

    /** How many names a column may have however few rows there are. */
    private static final int FEW_NAMES = 20;

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
     * @throws DataException if there is no such column, a target is missing, nothing is left to
     *     predict from, or a column may be meant otherwise
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
            List<String> classes = names(train, train.column(target.name));
            requireFew(
                    train,
                    target.name,
                    classes,
                    "if they are numbers, predict them as such, with the target type number");
            fitted = new Target(target.name, classes, false);
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
        long numbers = present.stream().filter(TableFormat::isNumber).count();
        if (category || numbers == 0) {
            List<String> names = names(train, index);
            if (!category) {
                requireFew(
                        train, name, names, "ignore the column, or list it among the categories");
            }
            return new CategoryColumn(name, names);
        }
        if (numbers < present.size()) {
            return mixed(train, name, numbers, present.size());
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

    /** A column of names and numbers is one of names, unless most are numbers. */
    private static Column mixed(Table train, String name, long numbers, int present) {
        int index = train.column(name);
        if (2 * numbers <= present) {
            List<String> names = names(train, index);
            requireFew(train, name, names, "ignore the column, or list it among the categories");
            return new CategoryColumn(name, names);
        }
        Table.Row bad =
                train.rows().stream()
                        .filter(row -> !MISSING.contains(row.cells().get(index)))
                        .filter(row -> !isNumber(row.cells().get(index)))
                        .min(Comparator.comparingLong(Table.Row::line))
                        .orElseThrow();
        throw new DataException(
                place(train, bad, name)
                        + "\""
                        + bad.cells().get(index)
                        + "\" is no finite number, but "
                        + numbers
                        + " of the "
                        + present
                        + " cells of the column are; correct it, leave it empty, or list the"
                        + " column among the categories");
    }

    private static void requireFew(
            Table train, String column, List<String> names, String whatToDo) {
        if (names.size() > FEW_NAMES && 2 * names.size() > train.rows().size()) {
            throw new DataException(
                    train.file()
                            + ": the column \""
                            + column
                            + "\" has "
                            + names.size()
                            + " different names in "
                            + train.rows().size()
                            + " rows, from which nothing can be learnt; "
                            + whatToDo);
        }
    }

    /** Returns whether a cell says that there is nothing in it. */
    public static boolean isMissing(String cell) {
        return MISSING.contains(cell);
    }

    /** Returns whether a cell holds a finite number. */
    public static boolean isNumber(String cell) {
        return Float.isFinite(CsvTable.parse(cell));
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
        return encode(table, table.file().getFileName().toString());
    }

    /**
     * Returns the rows as samples, see the other {@code encode}.
     *
     * @param description what they are, in a few words
     */
    public InMemoryDataset encode(Table table, String description) {
        return InMemoryDataset.of(
                inputs(table),
                target.isNumber ? numbers(table) : labels(table),
                target.classes,
                description);
    }

    /**
     * Returns the inputs of rows whose target may not be known: {@code F32 [rows, features]}.
     *
     * @throws DataException if a column is missing, or a cell of a column of numbers is none; the
     *     message names line and column
     */
    public HostArray inputs(Table table) {
        int count = table.rows().size();
        float[] inputs = new float[Math.multiplyExact(count, features())];
        int[] indices = columns.stream().mapToInt(column -> table.column(column.name())).toArray();
        int position = 0;
        for (Table.Row row : table.rows()) {
            for (int j = 0; j < indices.length; j++) {
                Column column = columns.get(j);
                String cell = row.cells().get(indices[j]);
                if (!encode(column, cell, inputs, position)) {
                    throw refused(
                            table,
                            row,
                            column.name(),
                            cell,
                            "no finite number, as the training part has");
                }
                position += column.width();
            }
        }
        return HostArray.of(inputs, Shape.of(count, features()));
    }

    private HostArray numbers(Table table) {
        int index = table.column(target.name);
        float[] numbers = new float[table.rows().size()];
        for (int i = 0; i < numbers.length; i++) {
            Table.Row row = table.rows().get(i);
            numbers[i] = CsvTable.parse(row.cells().get(index));
            if (!Float.isFinite(numbers[i])) {
                throw refused(table, row, target.name, row.cells().get(index), "no finite number");
            }
        }
        return HostArray.of(numbers, Shape.of(numbers.length, 1));
    }

    private HostArray labels(Table table) {
        int index = table.column(target.name);
        long[] labels = new long[table.rows().size()];
        for (int i = 0; i < labels.length; i++) {
            Table.Row row = table.rows().get(i);
            labels[i] = target.classes.indexOf(row.cells().get(index));
            if (labels[i] < 0) {
                throw refused(
                        table,
                        row,
                        target.name,
                        row.cells().get(index),
                        "none of the training part's classes " + String.join(", ", target.classes));
            }
        }
        return HostArray.of(labels, Shape.of(labels.length));
    }

    /** Writes a cell's features; returns whether it can be. */
    private static boolean encode(Column column, String cell, float[] into, int at) {
        boolean missing = MISSING.contains(cell);
        switch (column) {
            case CategoryColumn category -> {
                int index = missing ? -1 : category.names.indexOf(cell);
                into[at + (index < 0 ? category.names.size() : index)] = 1;
            }
            case NumberColumn number -> {
                if (missing) {
                    into[at + number.width() - 1] = number.marksMissing ? 1 : 0;
                } else {
                    float value = CsvTable.parse(cell);
                    into[at] = (float) ((value - number.mean) / number.deviation);
                    return Float.isFinite(value);
                }
            }
        }
        return true;
    }

    private static DataException refused(
            Table table, Table.Row row, String column, String cell, String problem) {
        return new DataException(
                place(table, row, column)
                        + "\""
                        + cell
                        + "\" is "
                        + problem
                        + "; correct the cell or remove the row");
    }

    private static String place(Table table, Table.Row row, String column) {
        return table.file()
                + ", line "
                + row.line()
                + ", column "
                + (table.column(column) + 1)
                + " ("
                + column
                + "): ";
    }
}
