package org.gradus.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * The weather of Seattle on each of the 1,461 days from 2012 to 2015: precipitation in mm, highest
 * and lowest temperature in degrees Celsius, wind in m/s. Part of this library.
 *
 * <p>Source: the NOAA's daily records, in the public domain; the file of the vega_datasets package.
 */
public final class SeattleWeather {
    private static final String RESOURCE = "seattle-weather.csv";
    private static final List<String> COLUMNS =
            List.of("precipitation", "temp_max", "temp_min", "wind");

    /** The last year is held back. */
    private static final LocalDate FIRST_OF_VALIDATION = LocalDate.of(2015, 1, 1);

    private SeattleWeather() {}

    /** Returns the measurements. */
    public static TimeSeries series() {
        try (InputStream in = SeattleWeather.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new DataException(
                        RESOURCE
                                + ": missing from the library's jar; build or install Gradus again");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII), RESOURCE);
        } catch (IOException problem) {
            throw new DataException(
                    RESOURCE + ": cannot be read from the library's jar (" + problem + ")",
                    problem);
        }
    }

    /**
     * Returns the measurements of a file of the same format: a column {@code date} of consecutive
     * days such as {@code 2012/01/31} or {@code 2012-01-31}, and the four of numbers.
     *
     * @throws DataException if it is missing or damaged; the message names the line
     */
    public static TimeSeries series(Path file) {
        return parse(TextFile.read(file), file.toString());
    }

    /**
     * Returns windows that end before 2015 to learn from, and those that forecast days of 2015.
     * Inputs have six columns: the four and two for the time of the year. All are standardized with
     * mean and deviation of the days before 2015.
     *
     * @param past the number of days given
     * @param horizon the number of days to forecast
     * @param targets the columns to forecast, such as {@code temp_max}
     * @throws IllegalArgumentException if there are no such windows or columns
     */
    public static Split windows(TimeSeries series, int past, int horizon, List<String> targets) {
        int cut = daysToLearnFrom(series);
        TimeSeries all = standardized(series, statistics(series));
        return new Split(
                new TimeSeriesWindows(
                        all, past, horizon, targets, 0, cut, "Seattle weather, before 2015"),
                new TimeSeriesWindows(
                        all, past, horizon, targets, cut, all.size(), "Seattle weather, 2015"));
    }

    /**
     * Returns mean and deviation, in the days before 2015, of the six columns that windows have.
     *
     * @throws IllegalArgumentException if there are no such days
     */
    public static Statistics statistics(TimeSeries series) {
        return series.withYear().statistics(daysToLearnFrom(series));
    }

    /**
     * Returns the days as the inputs of windows have them, with six columns.
     *
     * @param statistics those with which the windows to learn from were standardized
     */
    public static TimeSeries standardized(TimeSeries series, Statistics statistics) {
        return series.withYear().standardized(statistics);
    }

    private static int daysToLearnFrom(TimeSeries series) {
        int days = Math.clamp(series.index(FIRST_OF_VALIDATION), 0, series.size());
        if (days == 0) {
            throw new IllegalArgumentException(
                    series.description() + " has no day before 2015 to learn from");
        }
        return days;
    }

    /** The windows that the catalogue offers: thirty days for the next day's high. */
    static Split split(TimeSeries series) {
        return windows(series, 30, 1, List.of("temp_max"));
    }

    private static TimeSeries parse(String text, String source) {
        List<float[]> values = new ArrayList<>();
        LocalDate first = null;
        try (CsvReader<NamedCsvRecord> rows =
                CsvReader.builder().allowUnclosedQuote(false).ofNamedCsvRecord(text)) {
            for (NamedCsvRecord row : rows) {
                String place = source + ", line " + row.getStartingLineNumber();
                LocalDate date = date(field(row, "date", place), place);
                first = first == null ? date : first;
                if (!date.equals(first.plusDays(values.size()))) {
                    throw new DataException(
                            place
                                    + ": is of "
                                    + date
                                    + " where "
                                    + first.plusDays(values.size())
                                    + " is expected; give a row for each day, in order");
                }
                float[] day = new float[COLUMNS.size()];
                for (int i = 0; i < day.length; i++) {
                    day[i] = number(field(row, COLUMNS.get(i), place), place, COLUMNS.get(i));
                }
                values.add(day);
            }
        } catch (CsvParseException problem) {
            throw new DataException(
                    source + ": " + problem.getMessage() + "; get the file again", problem);
        } catch (IOException problem) {
            throw new DataException(source + ": cannot be read (" + problem + ")", problem);
        }
        if (values.isEmpty()) {
            throw new DataException(source + ": has no rows; get the file again");
        }
        return new TimeSeries(COLUMNS, values, first, "Seattle weather");
    }

    private static String field(NamedCsvRecord row, String name, String place) {
        return row.findField(name)
                .map(String::strip)
                .orElseThrow(
                        () ->
                                new DataException(
                                        place
                                                + ": has no column \""
                                                + name
                                                + "\"; give a file with date, "
                                                + String.join(", ", COLUMNS)));
    }

    private static LocalDate date(String cell, String place) {
        try {
            return LocalDate.parse(cell.replace('/', '-'));
        } catch (DateTimeParseException problem) {
            throw new DataException(
                    place + ": \"" + cell + "\" is no date such as 2012/01/31; correct it",
                    problem);
        }
    }

    private static float number(String cell, String place, String column) {
        float value = CsvTable.parse(cell);
        if (!Float.isFinite(value)) {
            throw new DataException(
                    place + " (" + column + "): \"" + cell + "\" is no finite number; correct it");
        }
        return value;
    }
}
