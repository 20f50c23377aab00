package org.gradus.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** The rows of a table as they are read: each column's cells as numbers, names as their index. */
final class CsvTable {
    private final Path file;
    private final List<String> names;
    private final List<CsvColumn> columns;
    private final int target;

    /** Per column, the names found so far (or given) with their index. */
    private final List<Map<String, Integer>> indices = new ArrayList<>();

    private float[] cells = new float[1024];
    private int used;
    private int rows;

    CsvTable(Path file, List<String> names, List<CsvColumn> columns, int target) {
        this.file = file;
        this.names = names;
        this.columns = columns;
        this.target = target;
        for (CsvColumn column : columns) {
            Map<String, Integer> index = new HashMap<>();
            column.names().forEach(name -> index.put(name, index.size()));
            indices.add(index);
        }
    }

    void add(CsvRecord row) {
        long line = row.getStartingLineNumber();
        if (row.getFieldCount() != columns.size()) {
            throw new DataException(
                    file
                            + ", line "
                            + line
                            + ": has "
                            + row.getFieldCount()
                            + " fields where "
                            + columns.size()
                            + " are expected; add or remove fields, or set the right separator");
        }
        if (cells.length - used < columns.size()) {
            grow(line);
        }
        for (int i = 0; i < columns.size(); i++) {
            String cell = row.getField(i).strip();
            cells[used++] =
                    switch (columns.get(i).kind()) {
                        case NUMBER -> number(cell, line, i);
                        case INDEX, ONE_HOT -> index(cell, line, i);
                        case IGNORED -> 0;
                    };
        }
        rows++;
    }

    InMemoryDataset toDataset() {
        if (rows == 0) {
            throw new DataException(file + ": has no rows below its header; add some");
        }
        sortFoundNames();
        int features = 0;
        for (int i = 0; i < columns.size(); i++) {
            features += i == target ? 0 : width(i);
        }
        if (features == 0) {
            throw new DataException(
                    file + ": has no column besides the target; add or do not ignore some");
        }
        float[] inputs = new float[Math.multiplyExact(rows, features)];
        for (int row = 0, position = 0; row < rows; row++) {
            for (int i = 0; i < columns.size(); i++) {
                if (i != target) {
                    encode(cells[row * columns.size() + i], i, inputs, position);
                    position += width(i);
                }
            }
        }
        return InMemoryDataset.of(
                HostArray.of(inputs, Shape.of(rows, features)),
                targets(),
                columns.get(target).holdsNames() ? sortedNames(target) : List.of(),
                file.getFileName().toString());
    }

    private void grow(long line) {
        long wanted = Math.max(2L * cells.length, used + columns.size());
        if (wanted > Integer.MAX_VALUE - 8) {
            throw new DataException(
                    file + ", line " + line + ": the table is too large; split it into several");
        }
        cells = Arrays.copyOf(cells, (int) wanted);
    }

    private float number(String cell, long line, int column) {
        float value = parse(cell);
        if (Float.isFinite(value)) {
            return value;
        }
        throw new DataException(
                place(line, column)
                        + ": "
                        + (cell.isEmpty() ? "is empty" : "\"" + cell + "\" is not a finite number")
                        + "; write a number, remove the row,"
                        + " or read the column as names or ignore it");
    }

    /** Returns the number that a cell holds; one that is not finite if it holds none. */
    static float parse(String cell) {
        // parseFloat would also take NaN, hexadecimal numbers and a trailing f or d.
        boolean plain =
                !cell.isEmpty()
                        && cell.chars().allMatch(c -> "+-.eE".indexOf(c) >= 0 || isDigit(c));
        try {
            return plain ? Float.parseFloat(cell) : Float.NaN;
        } catch (NumberFormatException _) {
            return Float.NaN;
        }
    }

    private int index(String cell, long line, int column) {
        Map<String, Integer> index = indices.get(column);
        if (cell.isEmpty()) {
            throw new DataException(
                    place(line, column) + ": is empty; write a name or remove the row");
        }
        boolean given = !columns.get(column).names().isEmpty();
        if (given && !index.containsKey(cell)) {
            throw new DataException(
                    place(line, column)
                            + ": \""
                            + cell
                            + "\" is none of "
                            + String.join(", ", columns.get(column).names())
                            + "; correct it or add it to the names");
        }
        return index.computeIfAbsent(cell, _ -> index.size());
    }

    private String place(long line, int column) {
        return file
                + ", line "
                + line
                + ", column "
                + (column + 1)
                + " ("
                + names.get(column)
                + ")";
    }

    /** Names that were found are numbered in the order of the rows: renumbers them sorted. */
    private void sortFoundNames() {
        for (int column = 0; column < columns.size(); column++) {
            if (columns.get(column).holdsNames() && columns.get(column).names().isEmpty()) {
                Map<String, Integer> found = indices.get(column);
                int[] renumbered = new int[found.size()];
                int next = 0;
                for (String name : new TreeSet<>(found.keySet())) {
                    renumbered[found.put(name, next)] = next;
                    next++;
                }
                for (int i = column; i < used; i += columns.size()) {
                    cells[i] = renumbered[(int) cells[i]];
                }
            }
        }
    }

    private List<String> sortedNames(int column) {
        String[] sorted = new String[indices.get(column).size()];
        indices.get(column).forEach((name, index) -> sorted[index] = name);
        return List.of(sorted);
    }

    private int width(int column) {
        return switch (columns.get(column).kind()) {
            case NUMBER, INDEX -> 1;
            case ONE_HOT -> indices.get(column).size();
            case IGNORED -> 0;
        };
    }

    private void encode(float cell, int column, float[] inputs, int position) {
        switch (columns.get(column).kind()) {
            case NUMBER, INDEX -> inputs[position] = cell;
            case ONE_HOT -> inputs[position + (int) cell] = 1;
            case IGNORED -> {}
        }
    }

    private HostArray targets() {
        boolean classes = columns.get(target).holdsNames();
        float[] numbers = new float[rows];
        long[] labels = new long[rows];
        for (int row = 0; row < rows; row++) {
            numbers[row] = cells[row * columns.size() + target];
            labels[row] = (long) numbers[row];
        }
        return classes
                ? HostArray.of(labels, Shape.of(rows))
                : HostArray.of(numbers, Shape.of(rows, 1));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
