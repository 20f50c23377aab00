package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * One step of a recurrent network, for loops in which the next input depends on the output; whole
 * sequences are faster with {@link Recurrent}.
 *
 * <p>Parameters: {@code weight_ih [gates * hidden, inputs]}, {@code weight_hh [gates * hidden,
 * hidden]}, {@code bias_ih} and {@code bias_hh [gates * hidden]}, all uniform with the bound {@code
 * 1 / sqrt(hidden)} at first.
 *
 * @param <S> the state: a {@link Tensor}, or {@link LSTMState}
 */
public abstract sealed class RecurrentCell<S> extends Module permits RNNCell, LSTMCell, GRUCell {
    record Settings(Cell cell, int inputs, int hidden, boolean biased) {}

    private final Settings settings;
    private final RecurrentWeights weights;

    RecurrentCell(Settings settings) {
        this.settings = settings;
        Arguments.positive(name(), "inputs", settings.inputs);
        Arguments.positive(name(), "hidden", settings.hidden);
        weights =
                new RecurrentWeights(
                        this, settings.cell, "", settings.inputs, settings.hidden, settings.biased);
    }

    final Settings settings() {
        requireUnused();
        return settings;
    }

    /** Returns the parts of a state, h first, each {@code [batch, hidden]}. */
    abstract List<Tensor> parts(S state);

    /** Returns the state of such parts. */
    abstract S state(List<Tensor> parts);

    /**
     * Returns the state after one step from a state of 0.
     *
     * @param x {@code [batch, inputs]}
     * @throws TensorException if the input does not fit
     */
    public final S apply(Tensor x) {
        return apply(x, null);
    }

    /**
     * Returns the state after one step.
     *
     * @param x {@code [batch, inputs]}
     * @param before the state before, or null for 0
     * @throws TensorException if input or state do not fit; the message starts with the path of the
     *     cell
     */
    public final S apply(Tensor x, S before) {
        ensureInitialized(x::device);
        return within(() -> forward(x, before), this::parts);
    }

    private S forward(Tensor x, S before) {
        if (x.rank() != 2 || x.size(1) != settings.inputs) {
            throw new TensorException(
                    "%s: an input of shape %s is not [batch, %d]"
                            .formatted(name(), x.shape(), settings.inputs));
        }
        Tensor initial = before == null ? zeros(x) : joined(x, parts(before));
        Tensor after =
                x.unsqueeze(0)
                        .recurrentLayer(
                                settings.cell,
                                List.of(weights.values()),
                                initial.unsqueeze(1),
                                null)
                        .last()
                        .select(1, 0);
        return state(
                settings.cell.states() == 1
                        ? List.of(after.select(0, 0))
                        : List.of(after.select(0, 0), after.select(0, 1)));
    }

    private Tensor zeros(Tensor x) {
        Shape shape = Shape.of(settings.cell.states(), x.size(0), settings.hidden);
        return Tensor.zeros(x.device(), x.dtype(), shape);
    }

    private Tensor joined(Tensor x, List<Tensor> parts) {
        Shape expected = Shape.of(x.size(0), settings.hidden);
        for (Tensor part : parts) {
            if (!part.shape().equals(expected)) {
                throw new TensorException(
                        ("%s: a state of shape %s is not [batch, hidden] = %s, as an input of"
                                        + " shape %s needs it")
                                .formatted(name(), part.shape(), expected, x.shape()));
            }
        }
        return Tensor.stack(0, parts.toArray(Tensor[]::new));
    }

    private String name() {
        return getClass().getSimpleName();
    }

    /** Returns the name of the class and the settings that are not the defaults. */
    @Override
    public final String toString() {
        return "%s(%d, %d%s%s)"
                .formatted(
                        name(),
                        settings.inputs,
                        settings.hidden,
                        settings.cell == Cell.RELU ? ", relu" : "",
                        settings.biased ? "" : ", no bias");
    }
}
