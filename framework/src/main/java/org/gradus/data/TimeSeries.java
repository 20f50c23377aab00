package org.gradus.data;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measurements of consecutive days. Immutable.
 *
 * @param columns what is measured, by name
 * @param values the measurements by day and column
 * @param first the first day
 * @param description what this is, in a few words
 */
public record TimeSeries(
        List<String> columns, List<float[]> values, LocalDate first, String description) {

    /** How long the seasons take to come back, in days. */
    private static final double YEAR = 365.2425;

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a day has not a value for each column
     */
    public TimeSeries {
        columns = List.copyOf(columns);
        int width = columns.size();
        for (float[] day : values) {
            if (day.length != width) {
                throw new IllegalArgumentException(
                        description
                                + " has "
                                + width
                                + " columns and a day of "
                                + day.length
                                + " values: both need the same number");
            }
        }
        values = values.stream().map(float[]::clone).toList();
    }

    /** Returns the number of days. */
    public int size() {
        return values.size();
    }

    /**
     * Returns the index of a column.
     *
     * @throws IllegalArgumentException if there is no such column
     */
    public int column(String name) {
        int index = columns.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException(
                    description
                            + " has no column \""
                            + name
                            + "\"; choose one of "
                            + String.join(", ", columns));
        }
        return index;
    }

    /** Returns the index of a day, below 0 or beyond the end where it is not among them. */
    public int index(LocalDate day) {
        return Math.toIntExact(day.toEpochDay() - first.toEpochDay());
    }

    /**
     * Returns this series with two columns more, {@code year_sine} and {@code year_cosine}: the
     * place in the year as a point on a circle, so that December and January are near.
     */
    public TimeSeries withYear() {
        List<String> names = new ArrayList<>(columns);
        names.add("year_sine");
        names.add("year_cosine");
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            double angle = 2 * Math.PI * (first.plusDays(i).getDayOfYear() - 1) / YEAR;
            float[] row = Arrays.copyOf(values.get(i), names.size());
            row[columns.size()] = (float) Math.sin(angle);
            row[columns.size() + 1] = (float) Math.cos(angle);
            rows.add(row);
        }
        return new TimeSeries(names, rows, first, description);
    }

    /**
     * Returns mean and standard deviation of each column in the first days: those to learn from
     * alone.
     *
     * @param days how many, at least 1
     */
    public Statistics statistics(int days) {
        int width = columns.size();
        double[] mean = new double[width];
        double[] deviation = new double[width];
        for (int column = 0; column < width; column++) {
            for (float[] day : values.subList(0, days)) {
                mean[column] += day[column] / days;
            }
            for (float[] day : values.subList(0, days)) {
                double distance = day[column] - mean[column];
                deviation[column] += distance * distance / days;
            }
            deviation[column] = Math.sqrt(deviation[column]);
        }
        return new Statistics(mean, deviation);
    }

    /** Returns this series with {@code (x - mean) / deviation}; constant columns become 0. */
    public TimeSeries standardized(Statistics statistics) {
        double[] mean = statistics.mean();
        double[] deviation = statistics.deviation();
        List<float[]> rows = new ArrayList<>();
        for (float[] day : values) {
            float[] row = new float[day.length];
            for (int i = 0; i < row.length; i++) {
                double scale = deviation[i] == 0 ? 1 : deviation[i];
                row[i] = (float) ((day[i] - mean[i]) / scale);
            }
            rows.add(row);
        }
        return new TimeSeries(columns, rows, first, description);
    }
}
