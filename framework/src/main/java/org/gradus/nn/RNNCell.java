package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.Tensor;

/** One step of an {@link RNN}: {@code h' = tanh(W x + b + R h + c)}, {@code [batch, hidden]}. */
public final class RNNCell extends RecurrentCell<Tensor> {
    /** Creates a cell with biases. */
    public RNNCell(int inputs, int hidden) {
        this(new Settings(Cell.TANH, inputs, hidden, true));
    }

    private RNNCell(Settings settings) {
        super(settings);
    }

    /** Returns a cell like this one without biases. */
    public RNNCell withoutBias() {
        Settings s = settings();
        return new RNNCell(new Settings(s.cell(), s.inputs(), s.hidden(), false));
    }

    /** Returns a cell like this one with the rectifier in place of the hyperbolic tangent. */
    public RNNCell relu() {
        Settings s = settings();
        return new RNNCell(new Settings(Cell.RELU, s.inputs(), s.hidden(), s.biased()));
    }

    @Override
    List<Tensor> parts(Tensor state) {
        return List.of(state);
    }

    @Override
    Tensor state(List<Tensor> parts) {
        return parts.getFirst();
    }
}
