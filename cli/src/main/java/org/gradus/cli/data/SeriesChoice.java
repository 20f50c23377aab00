package org.gradus.cli.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.SeattleWeather;
import org.gradus.data.Split;
import org.gradus.data.TimeSeries;

/**
 * Seattle's weather, of which coming days are forecast. Settings: {@code path}, another file of the
 * same format; {@code past} and {@code horizon}, the numbers of days that are known and to
 * forecast; {@code target}, the column to forecast.
 *
 * @param name the name by which it was chosen
 * @param file the file, if not that which is part of Gradus
 * @param past the number of days that are known
 * @param horizon the number of days to forecast
 * @param target the column to forecast
 */
record SeriesChoice(String name, Optional<Path> file, int past, int horizon, String target)
        implements DataChoice {
    private static final int DEFAULT_PAST = 30;

    static SeriesChoice readSeries(String name, Section settings) {
        Optional<Path> file = settings.optionalText("path").map(Path::of);
        int past = settings.count("past", DEFAULT_PAST, 1);
        int horizon = settings.count("horizon", 1, 1);
        String target = settings.text("target", "temp_max");
        settings.end();
        return new SeriesChoice(name, file, past, horizon, target);
    }

    @Override
    public DataSplits load() {
        TimeSeries series = file.map(SeattleWeather::series).orElseGet(SeattleWeather::series);
        try {
            Split split = SeattleWeather.windows(series, past, horizon, List.of(target));
            SeriesFormat format =
                    new SeriesFormat(
                            past,
                            horizon,
                            series.withYear().columns(),
                            target,
                            SeattleWeather.statistics(series));
            return new DataSplits(split.train(), split.validation(), format);
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }
}
