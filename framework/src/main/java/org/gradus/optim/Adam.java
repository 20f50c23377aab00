package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * Steps scaled by running averages of the gradients and of their squares (Kingma and Ba, 2015).
 * States: {@code exp_avg} and {@code exp_avg_sq}.
 *
 * @param learningRate the step size
 * @param beta1 decay of the average of gradients
 * @param beta2 decay of the average of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay this times the parameter is added to the gradient
 * @param amsgrad whether the largest average of squares so far takes the place of the last one; it
 *     is then a state {@code max_exp_avg_sq}
 */
public record Adam(
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        boolean amsgrad)
        implements UpdateRule {
    /** Checks the settings. */
    public Adam {
        Settings.positive("Adam", "learning rate", learningRate);
        Settings.fraction("Adam", "beta1", beta1);
        Settings.fraction("Adam", "beta2", beta2);
        Settings.notNegative("Adam", "epsilon", epsilon);
        Settings.notNegative("Adam", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, decay 0. */
    public static Adam withLearningRate(double learningRate) {
        return new Adam(learningRate, 0.9, 0.999, 1e-8, 0, false);
    }

    /** Returns this rule with other decays of the averages. */
    public Adam withBetas(double first, double second) {
        return new Adam(learningRate, first, second, epsilon, weightDecay, amsgrad);
    }

    /** Returns this rule with another epsilon. */
    public Adam withEpsilon(double value) {
        return new Adam(learningRate, beta1, beta2, value, weightDecay, amsgrad);
    }

    /** Returns this rule with the largest average of squares so far (Reddi et al., 2018). */
    public Adam withAmsgrad() {
        return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, true);
    }

    @Override
    public Adam withWeightDecay(double value) {
        return new Adam(learningRate, beta1, beta2, epsilon, value, amsgrad);
    }

    @Override
    public List<String> states() {
        return amsgrad ? AdaptiveMoments.STATES_WITH_MAXIMUM : AdaptiveMoments.STATES;
    }

    @Override
    public double[] scalars(long step, double rate) {
        double stepSize = rate / (1 - Math.pow(beta1, step));
        double scale = 1 / Math.sqrt(1 - Math.pow(beta2, step));
        return new double[] {stepSize, scale, weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr decayed = gradient.add(parameter.multiply(scalars.get(2)));
        return AdaptiveMoments.update(
                parameter, decayed, states, scalars.get(0), scalars.get(1), beta1, beta2, epsilon);
    }
}
