package org.gradus.data;

import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Windows of a time series: past days and the days to forecast from them. The input of a sample is
 * {@code F32 [past, columns]}, its target {@code F32 [horizon * targets]}: the target columns of
 * the first day to come, then of the second, and so on.
 */
public final class TimeSeriesWindows implements Dataset {
    private final TimeSeries series;
    private final int past;
    private final int horizon;
    private final int[] targets;
    private final int from;
    private final int size;
    private final String description;

    /**
     * Makes windows whose days to forecast lie in a part of the series; their past may reach back
     * before it.
     *
     * @param series the series
     * @param past the number of days that are given, at least 1
     * @param horizon the number of days to forecast, at least 1
     * @param targets the columns to forecast
     * @param from the first day that may be forecast
     * @param to the day after the last
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if there is no such window or column
     */
    public TimeSeriesWindows(
            TimeSeries series,
            int past,
            int horizon,
            List<String> targets,
            int from,
            int to,
            String description) {
        this.series = series;
        this.past = past;
        this.horizon = horizon;
        this.targets = targets.stream().mapToInt(series::column).toArray();
        this.from = Math.max(from, past);
        this.size = to - horizon + 1 - this.from;
        this.description = description;
        if (past < 1 || horizon < 1 || targets.isEmpty() || to > series.size() || size < 1) {
            throw new IllegalArgumentException(
                    description
                            + ": the days "
                            + from
                            + " to "
                            + (to - 1)
                            + " of "
                            + series.size()
                            + " have no window of "
                            + past
                            + " days given and "
                            + horizon
                            + " to forecast of "
                            + targets
                            + "; choose shorter windows or more days");
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Sample get(int index) {
        int today = from + Objects.checkIndex(index, size);
        int width = series.columns().size();
        float[] input = new float[past * width];
        for (int day = 0; day < past; day++) {
            System.arraycopy(series.values().get(today - past + day), 0, input, day * width, width);
        }
        float[] target = new float[horizon * targets.length];
        for (int day = 0; day < horizon; day++) {
            for (int i = 0; i < targets.length; i++) {
                target[day * targets.length + i] = series.values().get(today + day)[targets[i]];
            }
        }
        return Sample.of(
                HostArray.of(input, Shape.of(past, width)),
                HostArray.of(target, Shape.of(target.length)));
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public List<Shape> inputShapes() {
        return List.of(Shape.of(past, series.columns().size()));
    }

    @Override
    public Shape targetShape() {
        return Shape.of(horizon * targets.length);
    }

    /**
     * Returns the errors of forecasting that all goes on as on the last day: what any model has to
     * beat.
     */
    public NaiveForecast persistence() {
        return NaiveForecast.of("persistence", this, 1);
    }

    /**
     * Returns the errors of forecasting what was one period ago, as many periods as needed to be
     * known; windows that reach back before the first day are left out.
     *
     * @param period the number of days after which the season is the same, 365 for a year
     * @throws IllegalArgumentException if the period is below 1 or no window has one behind it
     */
    public NaiveForecast seasonal(int period) {
        return NaiveForecast.of("the same day " + period + " days ago", this, period);
    }

    /** Returns the first day that a sample forecasts. */
    public LocalDate date(int index) {
        return series.first().plusDays(from + (long) Objects.checkIndex(index, size));
    }

    /** Returns the names of the columns of a sample's input. */
    public List<String> columns() {
        return series.columns();
    }

    TimeSeries series() {
        return series;
    }

    int firstDay() {
        return from;
    }

    int horizon() {
        return horizon;
    }

    int[] targets() {
        return targets.clone();
    }
}
