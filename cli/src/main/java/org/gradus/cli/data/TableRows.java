package org.gradus.cli.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.DataException;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/** Reads rows of a CSV file that need no target, for predictions. */
public final class TableRows {
    private TableRows() {}

    /**
     * Reads rows of numbers.
     *
     * @param file the file; its first line names the columns, in any order
     * @param columns the columns to read; others are passed over
     * @return each row as {@code F32 [columns]}
     * @throws DataException if the file is missing or damaged, lacks a column, or has a cell that
     *     is no finite number
     */
    public static List<HostArray> read(Path file, List<String> columns) {
        List<HostArray> rows = new ArrayList<>();
        try (CsvReader<NamedCsvRecord> records = open(file)) {
            for (NamedCsvRecord record : records) {
                float[] values = new float[columns.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = number(file, record, columns.get(i));
                }
                rows.add(HostArray.of(values, Shape.of(values.length)));
            }
        } catch (CsvParseException | UncheckedIOException | IOException problem) {
            throw unreadable(file, problem);
        }
        if (rows.isEmpty()) {
            throw new DataException(file + ": has no rows below its header; add some");
        }
        return rows;
    }

    /** Returns the names of a file's columns; none if it has no rows. */
    public static List<String> columns(Path file) {
        try (CsvReader<NamedCsvRecord> records = open(file)) {
            for (NamedCsvRecord record : records) {
                return record.getHeader().stream().map(TableRows::plain).toList();
            }
            return List.of();
        } catch (CsvParseException | UncheckedIOException | IOException problem) {
            throw unreadable(file, problem);
        }
    }

    /** Returns the number of rows below a file's header. */
    public static long count(Path file) {
        try (CsvReader<NamedCsvRecord> records = open(file)) {
            return records.stream().count();
        } catch (CsvParseException | UncheckedIOException | IOException problem) {
            throw unreadable(file, problem);
        }
    }

    private static CsvReader<NamedCsvRecord> open(Path file) throws IOException {
        return CsvReader.builder().ofNamedCsvRecord(DataChoice.requireFile(file));
    }

    private static float number(Path file, NamedCsvRecord record, String column) {
        int index = record.getHeader().stream().map(TableRows::plain).toList().indexOf(column);
        if (index < 0) {
            throw new DataException(
                    file
                            + ": has no column \""
                            + column
                            + "\", which the model needs; it has "
                            + String.join(", ", record.getHeader()));
        }
        String place =
                file + ", line " + record.getStartingLineNumber() + ", column " + column + ": ";
        if (index >= record.getFieldCount()) {
            throw new DataException(place + "is missing; add a number");
        }
        String cell = record.getField(index).strip();
        try {
            float value = Float.parseFloat(cell);
            if (Float.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Reported below, as infinities are.
        }
        throw new DataException(
                place + "\"" + cell + "\" is not a finite number; write one, or remove the row");
    }

    /** Some programs start a file with a byte order mark. */
    private static String plain(String name) {
        return name.replace("\ufeff", "").strip();
    }

    private static DataException unreadable(Path file, Exception problem) {
        return new DataException(
                file + ": cannot be read as CSV in UTF-8 (" + problem.getMessage() + ")", problem);
    }
}
