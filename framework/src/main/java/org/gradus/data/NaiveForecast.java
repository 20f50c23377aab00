package org.gradus.data;

/**
 * How wrong a forecast is that takes no learning (Hyndman, Athanasopoulos, "Forecasting: Principles
 * and Practice", section 5.2). In the units of the series.
 *
 * @param name which one
 * @param meanAbsoluteError the mean of all values' absolute errors
 * @param meanSquaredError the mean of their squares
 * @param windows the number of windows that could be forecast
 */
public record NaiveForecast(
        String name, double meanAbsoluteError, double meanSquaredError, int windows) {

    /** Forecasts each day by the last known one that is a multiple of the period before it. */
    static NaiveForecast of(String name, TimeSeriesWindows windows, int period) {
        if (period < 1) {
            throw new IllegalArgumentException(
                    "a season has a period of at least 1 day, not " + period);
        }
        double absolute = 0;
        double squares = 0;
        int used = 0;
        int[] targets = windows.targets();
        for (int i = 0; i < windows.size(); i++) {
            int today = windows.firstDay() + i;
            // The day that reaches back the furthest is the first of its period.
            if (today - period < 0) {
                continue;
            }
            used++;
            for (int day = 0; day < windows.horizon(); day++) {
                int known = today + day - (day / period + 1) * period;
                for (int target : targets) {
                    double error =
                            windows.series().values().get(today + day)[target]
                                    - windows.series().values().get(known)[target];
                    absolute += Math.abs(error);
                    squares += error * error;
                }
            }
        }
        if (used == 0) {
            throw new IllegalArgumentException(
                    windows.description()
                            + ": no window has a day "
                            + period
                            + " days before it; choose a shorter period");
        }
        double count = (double) used * windows.horizon() * targets.length;
        return new NaiveForecast(name, absolute / count, squares / count, used);
    }
}
