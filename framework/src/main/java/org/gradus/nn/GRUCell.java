package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.Tensor;

/** One step of a {@link GRU}. Its state is h, {@code [batch, hidden]}. */
public final class GRUCell extends RecurrentCell<Tensor> {
    /** Creates a cell with biases. */
    public GRUCell(int inputs, int hidden) {
        this(new Settings(Cell.GRU, inputs, hidden, true));
    }

    private GRUCell(Settings settings) {
        super(settings);
    }

    /** Returns a cell like this one without biases. */
    public GRUCell withoutBias() {
        Settings s = settings();
        return new GRUCell(new Settings(s.cell(), s.inputs(), s.hidden(), false));
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
