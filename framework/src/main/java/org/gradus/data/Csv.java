package org.gradus.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a table from a file of comma-separated values (RFC 4180) in UTF-8. Immutable: each setting
 * returns a new reader. Defaults: a comma between fields, names of the columns in the first line,
 * every column but the target a numeric feature.
 *
 * <p>Samples are {@code F32 [features]} in the columns' order. The target is a class ({@code I64}
 * scalar) or a number ({@code F32 [1]}).
 *
 * <pre>{@code
 * var irises = Csv.of(Path.of("iris.csv")).targetClass("species").read();
 * }</pre>
 */
public final class Csv {
    private final Path file;
    private final char separator;
    private final boolean header;
    private final String target;
    private final CsvColumn targetKind;
    private final Map<String, CsvColumn> kinds;

    private Csv(
            Path file,
            char separator,
            boolean header,
            String target,
            CsvColumn targetKind,
            Map<String, CsvColumn> kinds) {
        this.file = file;
        this.separator = separator;
        this.header = header;
        this.target = target;
        this.targetKind = targetKind;
        this.kinds = kinds;
    }

    /** Returns a reader of a file with the default settings. */
    public static Csv of(Path file) {
        return new Csv(file, ',', true, null, null, Map.of());
    }

    /** Returns this reader for a file with another character between fields. */
    public Csv separator(char newSeparator) {
        return new Csv(file, newSeparator, header, target, targetKind, kinds);
    }

    /**
     * Returns this reader for a file without names; the columns are then called 1, 2, and so on.
     */
    public Csv withoutHeader() {
        return new Csv(file, separator, false, target, targetKind, kinds);
    }

    /** Returns this reader with a column as the target, whose sorted values are the classes. */
    public Csv targetClass(String column) {
        return targetClass(column, List.of());
    }

    /** Returns this reader with a column as the target, which has values of the given classes. */
    public Csv targetClass(String column, List<String> classes) {
        return new Csv(file, separator, header, column, CsvColumn.index(classes), without(column));
    }

    /** Returns this reader with a column of numbers as the target. */
    public Csv targetNumber(String column) {
        return new Csv(file, separator, header, column, CsvColumn.number(), without(column));
    }

    /**
     * Returns this reader with a column of names, each made one feature that is 1 where the column
     * has that name and 0 elsewhere. The names are those found, sorted.
     */
    public Csv oneHot(String column) {
        return oneHot(column, List.of());
    }

    /** Returns this reader with a column of the given names, each made one feature of 0 or 1. */
    public Csv oneHot(String column, List<String> names) {
        return with(column, CsvColumn.oneHot(names));
    }

    /** Returns this reader with a column of names made their index among those found, sorted. */
    public Csv index(String column) {
        return index(column, List.of());
    }

    /** Returns this reader with a column of the given names made their index. */
    public Csv index(String column, List<String> names) {
        return with(column, CsvColumn.index(names));
    }

    /** Returns this reader without some columns. */
    public Csv ignore(String... columns) {
        Csv result = this;
        for (String column : columns) {
            result = result.with(column, CsvColumn.ignored());
        }
        return result;
    }

    /**
     * Reads the file.
     *
     * @throws DataException if the file is missing, has no rows, or a cell is missing or not what
     *     its column should hold; the message names line and column
     * @throws IllegalStateException if no target is named
     */
    public InMemoryDataset read() {
        if (target == null) {
            throw new IllegalStateException(
                    file + ": no target is named; call targetClass or targetNumber before read");
        }
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + ": there is no such file; give the path of a CSV file");
        }
        try (BufferedReader text = Files.newBufferedReader(file)) {
            skipByteOrderMark(text);
            return table(
                            CsvReader.builder()
                                    .fieldSeparator(separator)
                                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                                    .allowUnclosedQuote(false)
                                    .ofCsvRecord(text))
                    .toDataset();
        } catch (CsvParseException problem) {
            throw new DataException(
                    file + ": " + problem.getMessage() + "; check the quotes there", problem);
        } catch (UncheckedIOException | IOException problem) {
            throw new DataException(
                    file
                            + ": cannot be read ("
                            + reason(problem)
                            + "); check its permissions and that it is text in UTF-8",
                    problem);
        }
    }

    private CsvTable table(CsvReader<CsvRecord> records) {
        CsvTable table = null;
        for (CsvRecord record : records) {
            if (table == null) {
                List<String> names = names(record);
                table = new CsvTable(file, names, columns(names), names.indexOf(target));
                if (header) {
                    continue;
                }
            }
            table.add(record);
        }
        if (table == null) {
            throw new DataException(file + ": is empty; give a file with at least one row");
        }
        return table;
    }

    private List<String> names(CsvRecord first) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < first.getFieldCount(); i++) {
            names.add(header ? first.getField(i).strip() : Integer.toString(i + 1));
        }
        Set<String> distinct = new LinkedHashSet<>(names);
        if (distinct.size() < names.size()) {
            throw new DataException(
                    file
                            + ", line 1: two columns have the same name in "
                            + names
                            + "; rename one, or read without a header");
        }
        requireColumn(target, names);
        kinds.keySet().forEach(column -> requireColumn(column, names));
        return names;
    }

    private List<CsvColumn> columns(List<String> names) {
        List<CsvColumn> columns = new ArrayList<>();
        for (String name : names) {
            columns.add(
                    name.equals(target)
                            ? targetKind
                            : kinds.getOrDefault(name, CsvColumn.number()));
        }
        return columns;
    }

    private void requireColumn(String column, List<String> names) {
        if (!names.contains(column)) {
            throw new DataException(
                    file
                            + ": has no column \""
                            + column
                            + "\"; choose one of "
                            + String.join(", ", names));
        }
    }

    private Csv with(String column, CsvColumn kind) {
        if (column.equals(target)) {
            throw new IllegalArgumentException(
                    "column \"" + column + "\" is the target and cannot be a feature too");
        }
        Map<String, CsvColumn> changed = new LinkedHashMap<>(kinds);
        changed.put(column, kind);
        return new Csv(file, separator, header, target, targetKind, Map.copyOf(changed));
    }

    private Map<String, CsvColumn> without(String column) {
        Map<String, CsvColumn> changed = new LinkedHashMap<>(kinds);
        changed.remove(column);
        return Map.copyOf(changed);
    }

    /** Some programs start a file with this mark. */
    private static void skipByteOrderMark(BufferedReader text) throws IOException {
        text.mark(1);
        if (text.read() != '\ufeff') {
            text.reset();
        }
    }

    /** The reader wraps what the file system or the decoder of text says. */
    private static String reason(Exception problem) {
        return problem.getCause() == null
                ? problem.toString()
                : problem.getMessage() + ": " + problem.getCause();
    }
}
