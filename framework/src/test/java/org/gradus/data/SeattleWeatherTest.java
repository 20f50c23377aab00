package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeattleWeatherTest {
    private static final String ROWS =
            """
            date,precipitation,temp_max,temp_min,wind,weather
            2012/02/28,0.0,12.8,5.0,4.7,drizzle
            2012/02/29,10.9,-10.6,2.8,4.5,rain
            2012-03-01,0.8,11.7,7.2,2.3,"rain"
            """;

    @TempDir private Path folder;

    @Test
    void fourYearsOfDaysAreThere() {
        var series = SeattleWeather.series();

        assertEquals(1461, series.size());
        assertEquals(LocalDate.of(2012, 1, 1), series.first());
        assertArrayEquals(new float[] {10.9f, 10.6f, 2.8f, 4.5f}, series.values().get(1));
    }

    @Test
    void trainingEndsBeforeWhatIsMeasured() {
        var split = SeattleWeather.windows(SeattleWeather.series(), 10, 3, List.of("temp_min"));

        assertEquals(1096 - 10 - 3 + 1, split.train().size());
        assertEquals(365 - 3 + 1, split.validation().size());
        assertEquals(List.of(Shape.of(10, 6)), split.train().inputShapes());
        assertEquals(Shape.of(3), split.train().targetShape());
        // The first day to forecast follows the last day given.
        var first = split.validation().get(0);
        var second = split.validation().get(1);
        var row = second.input().row(9).toFloats();
        assertEquals(row[2], first.target().toFloats()[0]);
    }

    @Test
    void valuesAreStandardizedByTheTrainingPart() {
        var series = SeattleWeather.series();
        var statistics = series.statistics(1096);
        var all = series.standardized(statistics);
        var train = all.statistics(1096);
        for (int column = 0; column < 4; column++) {
            // Sums of 1096 numbers that were rounded to floats.
            assertEquals(0, train.mean()[column], 1e-6);
            assertEquals(1, train.deviation()[column], 1e-6);
        }
        assertTrue(Math.abs(all.statistics(1461).mean()[1]) > 0.01);
    }

    @Test
    void theNewYearIsNearTheOld() {
        var year = SeattleWeather.series().withYear();
        var last = year.values().get(365);
        var first = year.values().get(366);
        assertEquals(LocalDate.of(2013, 1, 1), year.first().plusDays(366));
        assertArrayEquals(new float[] {0, 1}, new float[] {first[4], first[5]});
        // A day is 2 pi / 365.2425 = 0.0172 of the circle; leap years move it by up to another.
        assertEquals(0, Math.hypot(last[4] - first[4], last[5] - first[5]), 0.035);
    }

    @Test
    void naiveForecastsAreWhatTheyAreCalled() {
        // 0 1 2 ... 9, and a column that has a period of 4 days.
        var values = IntStream.range(0, 10).mapToObj(i -> new float[] {i, i % 4}).toList();
        var series = new TimeSeries(List.of("a", "b"), values, LocalDate.EPOCH, "days");
        var rising = new TimeSeriesWindows(series, 2, 2, List.of("a"), 0, 10, "rising");

        assertEquals(7, rising.size());
        assertArrayEquals(new float[] {2, 3}, rising.get(0).target().toFloats());
        assertEquals(new NaiveForecast("persistence", 1.5, 2.5, 7), rising.persistence());
        assertEquals(4, rising.seasonal(4).meanAbsoluteError());
        assertEquals(5, rising.seasonal(4).windows());
        var periodic = new TimeSeriesWindows(series, 1, 6, List.of("b", "a"), 0, 10, "periodic");
        // Days 1 to 4 are known by the fourth day before, 5 and 6 by the eighth.
        assertEquals((6 * 0 + 4 * 4 + 2 * 8) / 12.0, periodic.seasonal(4).meanAbsoluteError());
        assertThrows(IllegalArgumentException.class, () -> rising.seasonal(9));
        assertThrows(IllegalArgumentException.class, () -> rising.seasonal(0));
    }

    @Test
    void windowsThatDoNotFitAreRefused() {
        var series = SeattleWeather.series();
        for (int[] sizes : new int[][] {{0, 1}, {1, 0}, {1096, 1}, {1, 400}}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SeattleWeather.windows(series, sizes[0], sizes[1], List.of("temp_max")));
        }
        var problem =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> SeattleWeather.windows(series, 5, 1, List.of("snow")));
        assertTrue(problem.getMessage().contains("choose one of precipitation"));
    }

    @Test
    void filesOfTheSameFormatAreRead() throws IOException {
        var series = SeattleWeather.series(file(ROWS));
        assertEquals(3, series.size());
        assertEquals(1, series.index(LocalDate.of(2012, 2, 29)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new TimeSeries(List.of("a"), List.of(new float[2]), LocalDate.EPOCH, "odd"));
    }

    @Test
    void whatIsWrongInAFileIsNamed() throws IOException {
        refused(ROWS.replace("2012-03-01", "2012-03-02"), "line 4: is of 2012-03-02 where");
        refused(ROWS.replace("2012/02/29", "2012/02/30"), "line 3: \"2012/02/30\" is no date");
        refused(ROWS.replace("-10.6", "1e99"), "line 3 (temp_max): \"1e99\" is no finite number");
        refused(ROWS.replace("-10.6", ""), "line 3 (temp_max): \"\" is no finite number");
        refused(ROWS.replace("temp_min", "min"), "has no column \"temp_min\"");
        refused("date\n", "has no rows");
        refused("", "has no rows");
    }

    @Test
    void damagedFilesGiveNothingButClearErrors() throws IOException {
        Mutations.check(file(ROWS), 1000, SeattleWeather::series);
    }

    private void refused(String content, String reason) throws IOException {
        var path = file(content);
        var message =
                assertThrows(DataException.class, () -> SeattleWeather.series(path)).getMessage();
        assertTrue(message.contains(path.toString()) && message.contains(reason), message);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("weather.csv"), content);
    }
}
