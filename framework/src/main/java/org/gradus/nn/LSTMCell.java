package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.Tensor;

/** One step of an {@link LSTM}. Its state is h and c, each {@code [batch, hidden]}. */
public final class LSTMCell extends RecurrentCell<LSTMState> {
    /** Creates a cell with biases. */
    public LSTMCell(int inputs, int hidden) {
        this(new Settings(Cell.LSTM, inputs, hidden, true));
    }

    private LSTMCell(Settings settings) {
        super(settings);
    }

    /** Returns a cell like this one without biases. */
    public LSTMCell withoutBias() {
        Settings s = settings();
        return new LSTMCell(new Settings(s.cell(), s.inputs(), s.hidden(), false));
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
