package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * {@link Adam} with Nesterov's look ahead (Dozat, 2016). States: {@code exp_avg} and {@code
 * exp_avg_sq}.
 *
 * @param learningRate the step size
 * @param beta1 decay of the average of gradients, which is warmed up
 * @param beta2 decay of the average of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay this times the parameter is added to the gradient
 * @param momentumDecay how fast {@code beta1} warms up
 */
public record NAdam(
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        double momentumDecay)
        implements UpdateRule {
    /** Below this the product of all betas so far adds nothing to 1. */
    private static final double NEGLIGIBLE = 1e-18;

    /** Checks the settings. */
    public NAdam {
        Settings.positive("NAdam", "learning rate", learningRate);
        Settings.fraction("NAdam", "beta1", beta1);
        Settings.fraction("NAdam", "beta2", beta2);
        Settings.notNegative("NAdam", "epsilon", epsilon);
        Settings.notNegative("NAdam", "weight decay", weightDecay);
        Settings.notNegative("NAdam", "momentum decay", momentumDecay);
    }

    /** Returns the rule with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, decay 0. */
    public static NAdam withLearningRate(double learningRate) {
        return new NAdam(learningRate, 0.9, 0.999, 1e-8, 0, 4e-3);
    }

    /** Returns this rule with other decays of the averages. */
    public NAdam withBetas(double first, double second) {
        return new NAdam(learningRate, first, second, epsilon, weightDecay, momentumDecay);
    }

    /** Returns this rule with another epsilon. */
    public NAdam withEpsilon(double value) {
        return new NAdam(learningRate, beta1, beta2, value, weightDecay, momentumDecay);
    }

    /** Returns this rule with another decay of the momentum's warm-up. */
    public NAdam withMomentumDecay(double value) {
        return new NAdam(learningRate, beta1, beta2, epsilon, weightDecay, value);
    }

    @Override
    public NAdam withWeightDecay(double value) {
        return new NAdam(learningRate, beta1, beta2, epsilon, value, momentumDecay);
    }

    @Override
    public List<String> states() {
        return AdaptiveMoments.STATES;
    }

    private double momentum(long step) {
        return beta1 * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
    }

    @Override
    public double[] scalars(long step, double rate) {
        double product = 1;
        for (long i = 1; i <= step && product > NEGLIGIBLE; i++) {
            product *= momentum(i);
        }
        double present = momentum(step);
        double next = momentum(step + 1);
        double scale = 1 / Math.sqrt(1 - Math.pow(beta2, step));
        return new double[] {
            rate * (1 - present) / (1 - product),
            rate * next / (1 - product * next),
            scale,
            weightDecay
        };
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr decayed = gradient.add(parameter.multiply(scalars.get(3)));
        Expr mean = states.get(0).add(decayed.subtract(states.get(0)).multiply(1 - beta1));
        Expr square = states.get(1).multiply(beta2).add(decayed.square().multiply(1 - beta2));
        Expr denominator = square.sqrt().multiply(scalars.get(2)).add(epsilon);
        Expr sum = decayed.multiply(scalars.get(0)).add(mean.multiply(scalars.get(1)));
        return new Update(parameter.subtract(sum.divide(denominator)), mean, square);
    }
}
