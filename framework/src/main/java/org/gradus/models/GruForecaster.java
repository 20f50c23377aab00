package org.gradus.models;

import org.gradus.nn.Dropout;
import org.gradus.nn.GRU;
import org.gradus.nn.Layer;
import org.gradus.nn.Linear;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Forecasts one column of a time series: past steps {@code [batch, past, columns]} to the steps to
 * come {@code [batch, horizon]}. Gated recurrent units read the past; a linear layer makes of their
 * last state how far each step to come is from the last known one, so that a model that has learned
 * nothing forecasts that all stays as it is.
 *
 * <p>Parameters: {@code gru...} with the names of {@code torch.nn.GRU}, {@code head.weight}, {@code
 * head.bias}.
 */
public final class GruForecaster extends Layer {
    /**
     * The sizes of a model.
     *
     * @param columns the number of columns that are known of each step
     * @param target the index of the column to forecast
     * @param horizon the number of steps to forecast
     * @param hidden the size of the state
     * @param layers of recurrent units
     * @param dropout the probability with which elements of the last state are dropped in training
     */
    public record Settings(
            int columns, int target, int horizon, int hidden, int layers, double dropout) {}

    private final Settings settings;
    private final GRU gru;
    private final Dropout dropout;
    private final Linear head;

    /**
     * Makes a model.
     *
     * @throws IllegalArgumentException if the target is none of the columns
     */
    public GruForecaster(Settings settings) {
        if (settings.target() < 0 || settings.target() >= settings.columns()) {
            throw new IllegalArgumentException(
                    "GruForecaster: column %d is to be forecast, but there are only %d"
                            .formatted(settings.target(), settings.columns()));
        }
        this.settings = settings;
        gru =
                module(
                        "gru",
                        new GRU(settings.columns(), settings.hidden()).layers(settings.layers()));
        dropout = module("dropout", new Dropout(settings.dropout()));
        head = module("head", new Linear(settings.hidden(), settings.horizon()));
    }

    /** Returns the settings. */
    public Settings settings() {
        return settings;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 3 || x.size(1) == 0 || x.size(2) != settings.columns()) {
            throw new TensorException(
                    "GruForecaster: steps of shape %s are not [batch, past, %d]"
                            .formatted(x.shape(), settings.columns()));
        }
        Tensor last = gru.apply(x).state().select(0, -1);
        Tensor known = x.select(1, -1).narrow(1, settings.target(), 1);
        return known.add(head.apply(dropout.apply(last)));
    }
}
