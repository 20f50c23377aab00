package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * {@link Adam} with weight decay apart from the gradient (Loshchilov and Hutter, 2019). States:
 * {@code exp_avg} and {@code exp_avg_sq}.
 *
 * @param learningRate the step size
 * @param beta1 decay of the average of gradients
 * @param beta2 decay of the average of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay this times the learning rate is the part that a parameter loses in each step
 * @param amsgrad whether the largest average of squares so far takes the place of the last one; it
 *     is then a state {@code max_exp_avg_sq}
 */
public record AdamW(
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        boolean amsgrad)
        implements UpdateRule {
    /** Checks the settings. */
    public AdamW {
        Settings.positive("AdamW", "learning rate", learningRate);
        Settings.fraction("AdamW", "beta1", beta1);
        Settings.fraction("AdamW", "beta2", beta2);
        Settings.notNegative("AdamW", "epsilon", epsilon);
        Settings.notNegative("AdamW", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, decay 0.01. */
    public static AdamW withLearningRate(double learningRate) {
        return new AdamW(learningRate, 0.9, 0.999, 1e-8, 0.01, false);
    }

    /** Returns this rule with other decays of the averages. */
    public AdamW withBetas(double first, double second) {
        return new AdamW(learningRate, first, second, epsilon, weightDecay, amsgrad);
    }

    /** Returns this rule with another epsilon. */
    public AdamW withEpsilon(double value) {
        return new AdamW(learningRate, beta1, beta2, value, weightDecay, amsgrad);
    }

    /** Returns this rule with the largest average of squares so far (Reddi et al., 2018). */
    public AdamW withAmsgrad() {
        return new AdamW(learningRate, beta1, beta2, epsilon, weightDecay, true);
    }

    @Override
    public AdamW withWeightDecay(double value) {
        return new AdamW(learningRate, beta1, beta2, epsilon, value, amsgrad);
    }

    @Override
    public List<String> states() {
        return amsgrad ? AdaptiveMoments.STATES_WITH_MAXIMUM : AdaptiveMoments.STATES;
    }

    @Override
    public double[] scalars(long step, double rate) {
        double stepSize = rate / (1 - Math.pow(beta1, step));
        double scale = 1 / Math.sqrt(1 - Math.pow(beta2, step));
        return new double[] {stepSize, scale, rate * weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr kept = parameter.subtract(parameter.multiply(scalars.get(2)));
        return AdaptiveMoments.update(
                kept, gradient, states, scalars.get(0), scalars.get(1), beta1, beta2, epsilon);
    }
}
