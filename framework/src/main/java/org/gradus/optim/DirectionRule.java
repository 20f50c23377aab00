package org.gradus.optim;

import org.gradus.tensor.Tensor;

/**
 * An update rule that must see whole tensors: norms of them, or products. Its pointwise part gives
 * directions in the place of new parameters, which {@link #shape} turns into steps one by one; then
 * {@code parameter -= learningRate * step}.
 */
public interface DirectionRule extends UpdateRule {
    /**
     * Returns the step for a parameter.
     *
     * @param parameter the values before the step, in the type that the rule computes in
     * @param direction what {@link #update} gave in the place of the new parameter
     */
    Tensor shape(Tensor parameter, Tensor direction);
}
