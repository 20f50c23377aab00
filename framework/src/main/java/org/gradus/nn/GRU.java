package org.gradus.nn;

import java.util.List;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.tensor.Tensor;

/**
 * A {@link Recurrent} network of gated recurrent units (Cho et al., 2014): gates r, z and n in this
 * order, {@code h' = (1 - z) n + z h} with {@code n = tanh(W_n x + b_n + r (R_n h + c_n))}. Its
 * state is h, {@code [layers * directions, batch, hidden]}.
 */
public final class GRU extends Recurrent<Tensor, GRU> {
    /** Creates a network of one layer and direction, with biases. */
    public GRU(int inputs, int hidden) {
        this(settings("GRU", Cell.GRU, inputs, hidden));
    }

    private GRU(Settings settings) {
        super(settings);
    }

    @Override
    GRU with(Settings other) {
        return new GRU(other);
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
