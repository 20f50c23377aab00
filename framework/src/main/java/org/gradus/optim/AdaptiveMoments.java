package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/** The step that {@link Adam} and {@link AdamW} share. */
final class AdaptiveMoments {
    static final List<String> STATES = List.of("exp_avg", "exp_avg_sq");

    static final List<String> STATES_WITH_MAXIMUM =
            List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq");

    private AdaptiveMoments() {}

    /**
     * Defines the step.
     *
     * @param states the averages, and for AMSGrad the largest of squares
     * @param stepSize the learning rate over {@code 1 - beta1^step}
     * @param scale the reciprocal root of {@code 1 - beta2^step}
     */
    static UpdateRule.Update update(
            Expr parameter,
            Expr gradient,
            List<Expr> states,
            Expr stepSize,
            Expr scale,
            double beta1,
            double beta2,
            double epsilon) {
        Expr mean = states.get(0);
        mean = mean.add(gradient.subtract(mean).multiply(1 - beta1));
        Expr square = states.get(1).multiply(beta2).add(gradient.square().multiply(1 - beta2));
        boolean keepsMaximum = states.size() > 2;
        Expr largest = keepsMaximum ? states.get(2).maximum(square) : square;
        Expr denominator = largest.sqrt().multiply(scale).add(epsilon);
        Expr moved = parameter.subtract(mean.divide(denominator).multiply(stepSize));
        return keepsMaximum
                ? new UpdateRule.Update(moved, mean, square, largest)
                : new UpdateRule.Update(moved, mean, square);
    }
}
