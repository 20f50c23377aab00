package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.Tensor;

/**
 * A {@link Recurrent} network of the simplest cell (Elman, 1990): {@code h' = tanh(W x + b + R h +
 * c)}. Its state is h, {@code [layers * directions, batch, hidden]}.
 */
public final class RNN extends Recurrent<Tensor, RNN> {
    /** Creates a network of one layer and direction, with biases. */
    public RNN(int inputs, int hidden) {
        this(settings("RNN", Cell.TANH, inputs, hidden));
    }

    private RNN(Settings settings) {
        super(settings);
    }

    /** Returns a network like this one with the rectifier in place of the hyperbolic tangent. */
    public RNN relu() {
        return new RNN(settings().withCell(Cell.RELU));
    }

    @Override
    RNN with(Settings other) {
        return new RNN(other);
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
