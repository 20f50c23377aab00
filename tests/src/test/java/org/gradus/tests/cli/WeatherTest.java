package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.gradus.data.SeattleWeather;
import org.gradus.data.TimeSeries;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe weather, trained for two thirds of its epochs, and what can be done with its run. */
class WeatherTest {
    @TempDir private static Path folder;
    private static Path run;

    @BeforeAll
    static void train() {
        run = folder.resolve("run");
        Cli.run("train", "weather", "--epochs", 8, "--out", run).succeeded();
    }

    @Test
    void itsErrorIsInDegreesAndBelowThoseOfNaiveForecasts() {
        JsonNode validation = Cli.json(run.resolve("summary.json")).path("validation");
        double persistence = validation.path("persistence_mae").asDouble();
        double seasonal = validation.path("seasonal_mae").asDouble();
        assertEquals(3.40, persistence, 0.005);
        assertTrue(seasonal > persistence, validation.toString());
        double error = validation.path("mae").asDouble();
        assertTrue(error > 0 && error < 0.9 * persistence, validation.toString());
        JsonNode evaluation = Cli.run("evaluate", run, "--json").succeeded().json();
        assertEquals(validation, evaluation.path("validation"));
    }

    @Test
    void aResumedRunEndsAsOneThatWasNeverStopped() {
        Path whole = folder.resolve("whole");
        Path resumed = folder.resolve("resumed");
        String name = "schedule.name=constant";
        Cli.run("train", "weather", "--set", name, "--steps", 40, "--out", whole).succeeded();
        Cli.run("train", "weather", "--set", name, "--steps", 25, "--out", resumed).succeeded();
        Cli.run("train", "weather", "--set", name, "--steps", 40, "--out", resumed, "--resume")
                .succeeded();
        assertEquals(
                Cli.json(whole.resolve("summary.json")).path("validation"),
                Cli.json(resumed.resolve("summary.json")).path("validation"));
    }

    @Test
    void aFileOfDaysIsAnsweredByTheWeekAfterIt() throws IOException {
        JsonNode answer = Cli.run("predict", run, days(40), "--json").succeeded().json().get(0);
        assertEquals(7, answer.path("forecast").size());
        assertEquals("2012-02-10", answer.path("forecast").get(0).path("date").asText());
        double warm = answer.path("forecast").get(0).path("value").asDouble();
        assertTrue(warm > 0 && warm < 20, "a winter's day in Seattle has " + warm + " degrees");
        String line = Cli.run("predict", run, "--index", 0).succeeded().out();
        assertTrue(line.startsWith("sample 0: temp_max 2015-01-01 "), line);
    }

    @Test
    void aRunShowsWhatItForecast() throws IOException {
        String shown = Files.readString(run.resolve("samples/epoch-08.txt"));
        assertTrue(shown.contains("2015-01-01: "), shown);
        assertEquals(13, shown.lines().count(), shown);
    }

    @Test
    void whatDoesNotFitIsSaidInOneLine() throws IOException {
        Cli.run("predict", run, days(12)).failed(2, "has 12 days", "needs 30");
        Cli.run("predict", run, "--index", 1000).failed(2, "--index", "not 1000");
        Cli.run("train", "weather", "--set", "data.target=snow").failed(2, "snow", "temp_max");
        Cli.run("train", "weather", "--set", "data.horizon=400").failed(2, "400 to forecast");
        Cli.run("train", "weather", "--set", "task=classification").failed(2, "pictures");
        Cli.run("train", "digits", "--set", "task=forecasting").failed(2, "a time series");
    }

    /** Writes the first days of the series to a file. */
    private static Path days(int count) throws IOException {
        TimeSeries series = SeattleWeather.series();
        StringBuilder text = new StringBuilder("date,precipitation,temp_max,temp_min,wind\n");
        for (int day = 0; day < count; day++) {
            float[] row = series.values().get(day);
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%s,%f,%f,%f,%f%n",
                            series.first().plusDays(day),
                            row[0],
                            row[1],
                            row[2],
                            row[3]));
        }
        return Files.writeString(folder.resolve(count + "-days.csv"), text);
    }
}
