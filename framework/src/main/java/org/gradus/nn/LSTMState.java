package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * What an LSTM carries from step to step.
 *
 * @param hidden h: of an {@link LSTM} {@code [layers * directions, batch, hidden]}, of an {@link
 *     LSTMCell} {@code [batch, hidden]}
 * @param cell c, of the same shape
 */
public record LSTMState(Tensor hidden, Tensor cell) {
    /** Returns the same values, apart from the tape: gradients do not flow back from here. */
    public LSTMState detach() {
        return new LSTMState(hidden.detach(), cell.detach());
    }

    /** Moves both tensors from the innermost scope to the one around it; returns this. */
    public LSTMState keep() {
        hidden.keep();
        cell.keep();
        return this;
    }

    /** Gives the memory of both tensors back now; harmless if that was done before. */
    public void release() {
        hidden.release();
        cell.release();
    }
}
