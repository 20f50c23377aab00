package org.gradus.nn;

import org.gradus.tensor.Tensor;

/**
 * What a recurrent network makes of a sequence.
 *
 * @param <S> the state: a {@link Tensor}, or {@link LSTMState}
 * @param output h of the last layer after each step, {@code [batch, steps, directions * hidden]},
 *     the forward direction before the reverse one; 0 where a sequence has ended
 * @param state after the last step of each sequence (in reverse: the first), {@code [layers *
 *     directions, batch, hidden]}: each layer's forward direction, then its reverse one
 */
public record RecurrentResult<S>(Tensor output, S state) {}
