package org.gradus.cli.task;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.gradus.cli.data.DataSplits;
import org.gradus.cli.data.SeriesFormat;
import org.gradus.cli.settings.Section;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.NaiveForecast;
import org.gradus.data.SeattleWeather;
import org.gradus.data.TimeSeries;
import org.gradus.data.TimeSeriesWindows;
import org.gradus.device.Device;
import org.gradus.metrics.Mean;
import org.gradus.metrics.MeanAbsoluteError;
import org.gradus.nn.Layer;
import org.gradus.nn.Loss;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.train.Supervised;
import org.gradus.train.Task;

/**
 * Forecasts the coming days of a time series. The mean absolute error is in the target's own unit,
 * and beside it stand those of two forecasts that take no learning: all stays as it is, and all is
 * as it was a season ago. Settings: {@code loss}, {@code absolute}, {@code squared} or {@code
 * huber}; {@code season}, in days.
 */
final class Forecasting implements LearningTask, Predictions {
    private static final int SHOWN = 12;
    private static final int YEAR = 365;

    private final Layer model;
    private final SeriesFormat format;
    private final int season;
    private final Mean persistence = Mean.ofErrors("persistence_mae");
    private final Mean seasonal = Mean.ofErrors("seasonal_mae");
    private final Task task;

    private Forecasting(Layer model, SeriesFormat format, Loss loss, int season) {
        this.model = model;
        this.format = format;
        this.season = season;
        this.task =
                Supervised.of(model, loss)
                        .metric(MeanAbsoluteError.inUnitsOf(format.unit()))
                        .examination(persistence, this::comparePersistence)
                        .examination(seasonal, this::compareSeason);
    }

    static TaskChoice.Builder read(Section settings) {
        String name = settings.choice("loss", "absolute", List.of("absolute", "squared", "huber"));
        Loss loss =
                switch (name) {
                    case "squared" -> Loss.meanSquaredError();
                    case "huber" -> Loss.huber(1);
                    default -> Loss.meanAbsoluteError();
                };
        int season = settings.count("season", YEAR, 1);
        return (model, format) -> {
            SeriesFormat series = format.as(SeriesFormat.class, "forecasting", "a time series");
            Layer layer = TaskChoice.require(Layer.class, model, "forecasting", "one network");
            return new Forecasting(layer, series, loss, season);
        };
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public void probe(Device device) {
        Probe.run(model, device, format.shape());
    }

    @Override
    public String monitored() {
        return "mae";
    }

    private void comparePersistence(Dataset dataset) {
        if (dataset instanceof TimeSeriesWindows windows) {
            add(persistence, windows.persistence());
        }
    }

    private void compareSeason(Dataset dataset) {
        if (dataset instanceof TimeSeriesWindows windows) {
            try {
                add(seasonal, windows.seasonal(season));
            } catch (IllegalArgumentException _) {
                // The series does not reach back a season: that forecast is left out.
            }
        }
    }

    private void add(Mean mean, NaiveForecast forecast) {
        mean.add(forecast.meanAbsoluteError() * format.unit(), forecast.windows());
    }

    /** Some windows, evenly spread: what was forecast, and what came. */
    @Override
    public Optional<Samples> show(DataSplits data) {
        if (!(data.validation() instanceof TimeSeriesWindows windows)) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder(format.target()).append(", forecast and measured\n");
        int shown = Math.min(SHOWN, windows.size());
        for (int i = 0; i < shown; i++) {
            int index = (int) ((long) i * windows.size() / shown);
            double[] forecast = forecast(windows.get(index).input());
            double[] measured = inUnit(windows.get(index).target().toDoubles());
            text.append(windows.date(index)).append(':');
            for (int day = 0; day < forecast.length; day++) {
                text.append(String.format(Locale.ROOT, " %.1f|%.1f", forecast[day], measured[day]));
            }
            text.append('\n');
        }
        return Optional.of(new Samples.Text(text.toString()));
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.of(this);
    }

    @Override
    public List<Answer> answer(List<String> inputs, boolean invert) {
        return inputs.stream().map(this::answer).toList();
    }

    /** Forecasts what comes after the last day of a file. */
    private Answer answer(String file) {
        TimeSeries series = SeattleWeather.series(Path.of(file));
        int past = format.past();
        if (series.size() < past) {
            throw new DataException(
                    file
                            + ": has "
                            + series.size()
                            + " days, but the model needs "
                            + past
                            + " to forecast from; add earlier ones");
        }
        TimeSeries known = SeattleWeather.standardized(series, format.statistics());
        int width = format.columns().size();
        float[] values = new float[past * width];
        for (int day = 0; day < past; day++) {
            float[] row = known.values().get(series.size() - past + day);
            System.arraycopy(row, 0, values, day * width, width);
        }
        HostArray input = HostArray.of(values, Shape.of(past, width));
        return answer(file, series.first().plusDays(series.size()), forecast(input));
    }

    @Override
    public Answer answer(Dataset samples, int index) {
        Inputs.requireIndex(samples, index);
        String name = "sample " + index;
        TimeSeriesWindows windows = (TimeSeriesWindows) samples;
        return answer(name, windows.date(index), forecast(samples.get(index).input()));
    }

    private Answer answer(String name, LocalDate first, double[] forecast) {
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("input", name).put("target", format.target());
        ArrayNode days = json.putArray("forecast");
        StringJoiner line = new StringJoiner(", ", name + ": " + format.target() + " ", "");
        for (int day = 0; day < forecast.length; day++) {
            String date = first.plusDays(day).toString();
            line.add(String.format(Locale.ROOT, "%s %.1f", date, forecast[day]));
            days.addObject().put("date", date).put("value", forecast[day]);
        }
        return new Answer(line.toString(), json);
    }

    /** Returns the target on the days after a window {@code [past, columns]}, in its own unit. */
    private double[] forecast(HostArray window) {
        try (var _ = Scope.open()) {
            return Autograd.withoutGradients(
                    () -> {
                        Tensor past = Tensor.of(window, model.device()).unsqueeze(0);
                        return inUnit(model.apply(past).toHost().toDoubles());
                    });
        }
    }

    private double[] inUnit(double[] values) {
        return Arrays.stream(values).map(format::inUnit).toArray();
    }
}
