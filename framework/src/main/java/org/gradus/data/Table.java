package org.gradus.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table as it stands in its file, to be cut in two before anything is learnt from it: see {@link
 * TableFormat}.
 *
 * @param file where it comes from
 * @param columns the names of the columns
 * @param rows the rows
 */
public record Table(Path file, List<String> columns, List<Row> rows) {

    /**
     * A row.
     *
     * @param line the line of the file on which it starts
     * @param cells its cells, without spaces around
     */
    public record Row(long line, List<String> cells) {
        /** Copies the list. */
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /** Copies the lists. */
    public Table {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /**
     * Reads a file of comma-separated values (RFC 4180) in UTF-8 with the names of its columns in
     * the first line.
     *
     * @throws DataException if it is missing, empty or damaged; the message names the line
     */
    public static Table read(Path file) {
        return read(file, ',');
    }

    /**
     * Reads a file whose values another character separates, such as a semicolon or a tab.
     *
     * @throws DataException if it is missing, empty or damaged; the message names the line
     */
    public static Table read(Path file, char separator) {
        String text = TextFile.read(file);
        List<String> columns = null;
        List<Row> rows = new ArrayList<>();
        try (CsvReader<CsvRecord> records =
                CsvReader.builder()
                        .fieldSeparator(separator)
                        .allowUnclosedQuote(false)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .ofCsvRecord(text)) {
            for (CsvRecord row : records) {
                List<String> cells = row.getFields().stream().map(String::strip).toList();
                if (columns == null) {
                    columns = cells;
                } else if (cells.size() == columns.size()) {
                    rows.add(new Row(row.getStartingLineNumber(), cells));
                } else {
                    throw new DataException(
                            file
                                    + ", line "
                                    + row.getStartingLineNumber()
                                    + ": has "
                                    + cells.size()
                                    + " fields where "
                                    + columns.size()
                                    + " are expected; add or remove fields");
                }
            }
        } catch (CsvParseException problem) {
            throw new DataException(
                    file + ": " + problem.getMessage() + "; check the quotes there", problem);
        } catch (IOException problem) {
            throw new DataException(file + ": cannot be read (" + problem + ")", problem);
        }
        if (rows.isEmpty()) {
            throw new DataException(file + ": has no rows below its header; add some");
        }
        if (new HashSet<>(columns).size() < columns.size()) {
            throw new DataException(
                    file
                            + ", line 1: two columns have the same name in "
                            + columns
                            + "; rename one");
        }
        return new Table(file, columns, rows);
    }

    /**
     * Returns the index of a column.
     *
     * @throws DataException if there is none of this name
     */
    public int column(String name) {
        int index = columns.indexOf(name);
        if (index < 0) {
            throw new DataException(
                    file
                            + ": has no column \""
                            + name
                            + "\", which is needed; its columns are "
                            + String.join(", ", columns));
        }
        return index;
    }

    /**
     * Returns the rows shuffled and cut in two.
     *
     * @param fraction the share of the rows that goes to the training part, above 0 and below 1
     * @param seed decides the order: the same seed gives the same parts
     * @throws IllegalArgumentException if one part would be empty
     */
    public Parts<Table> split(double fraction, long seed) {
        Splitter.requireFraction(fraction);
        int[] order = Order.shuffled(rows.size(), seed, 0);
        int cut = (int) Math.round(fraction * order.length);
        Splitter.requireBoth(cut, order.length - cut, file.toString(), fraction);
        return new Parts<>(
                part(IntStream.of(order).limit(cut)), part(IntStream.of(order).skip(cut)));
    }

    /**
     * Returns the rows shuffled and cut in two, so that each value of a column is divided in the
     * same ratio; see {@link #split}.
     */
    public Parts<Table> stratifiedSplit(String column, double fraction, long seed) {
        int index = column(column);
        Parts<int[]> indices =
                Splitter.stratified(
                        rows.stream().map(row -> row.cells.get(index)).toList(),
                        file.toString(),
                        fraction,
                        seed);
        return new Parts<>(
                part(IntStream.of(indices.train())), part(IntStream.of(indices.validation())));
    }

    private Table part(IntStream indices) {
        return new Table(file, columns, indices.mapToObj(rows::get).toList());
    }
}
