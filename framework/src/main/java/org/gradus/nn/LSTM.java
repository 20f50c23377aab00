package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.Tensor;

/**
 * A {@link Recurrent} network of long short-term memory (Hochreiter and Schmidhuber, 1997): gates
 * i, f, g and o in this order, {@code c' = sigmoid(f) c + sigmoid(i) tanh(g)} and {@code h' =
 * sigmoid(o) tanh(c')}.
 */
public final class LSTM extends Recurrent<LSTMState, LSTM> {
    /** Creates a network of one layer and direction, with biases. */
    public LSTM(int inputs, int hidden) {
        this(settings("LSTM", Cell.LSTM, inputs, hidden));
    }

    private LSTM(Settings settings) {
        super(settings);
    }

    @Override
    LSTM with(Settings other) {
        return new LSTM(other);
    }

    @Override
    List<Tensor> parts(LSTMState state) {
        return List.of(state.hidden(), state.cell());
    }

    @Override
    LSTMState state(List<Tensor> parts) {
        return new LSTMState(parts.get(0), parts.get(1));
    }
}
