package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/** The step that {@link Adam} and {@link AdamW} share. */
final class AdaptiveMoments {
    static final List<String> STATES = List.of("exp_avg", "exp_avg_sq");

    private AdaptiveMoments() {}

    /**
     * Defines the step.
     *
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
        Expr denominator = square.sqrt().multiply(scale).add(epsilon);
        Expr moved = parameter.subtract(mean.divide(denominator).multiply(stepSize));
        return new UpdateRule.Update(moved, mean, square);
    }
}
