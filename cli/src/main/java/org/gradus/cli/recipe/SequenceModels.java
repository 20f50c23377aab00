package org.gradus.cli.recipe;

import org.gradus.cli.data.SeriesFormat;
import org.gradus.cli.recipe.ModelChoice.Builder;
import org.gradus.cli.settings.Section;
import org.gradus.models.GruForecaster;

/** The models of time series and of texts, with their settings. */
final class SequenceModels {
    private static final int HIDDEN = 64;

    private SequenceModels() {}

    static Builder gruForecaster(Section settings) {
        int hidden = settings.count("hidden", HIDDEN, 1);
        int layers = settings.count("layers", 1, 1);
        double dropout = settings.between("dropout", 0, 0, 1);
        return format -> {
            SeriesFormat series =
                    format.as(SeriesFormat.class, "the model gru-forecaster", "a time series");
            return new GruForecaster(
                    new GruForecaster.Settings(
                            series.columns().size(),
                            series.targetColumn(),
                            series.horizon(),
                            hidden,
                            layers,
                            dropout));
        };
    }
}
