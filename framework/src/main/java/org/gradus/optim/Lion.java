package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * Steps of one size in the direction of the sign of an averaged gradient (Chen et al., 2023). Its
 * learning rate is 3 to 10 times smaller, and its weight decay larger, than those of {@link AdamW}.
 * State: {@code exp_avg}.
 *
 * @param learningRate the step size
 * @param beta1 weight of the average in the direction
 * @param beta2 decay of the average
 * @param weightDecay this times the learning rate is the part that a parameter loses in each step
 */
public record Lion(double learningRate, double beta1, double beta2, double weightDecay)
        implements UpdateRule {
    /** Checks the settings. */
    public Lion {
        Settings.positive("Lion", "learning rate", learningRate);
        Settings.fraction("Lion", "beta1", beta1);
        Settings.fraction("Lion", "beta2", beta2);
        Settings.notNegative("Lion", "weight decay", weightDecay);
    }

    /** Returns the rule with the paper's betas, 0.9 and 0.99, and no weight decay. */
    public static Lion withLearningRate(double learningRate) {
        return new Lion(learningRate, 0.9, 0.99, 0);
    }

    /** Returns this rule with other betas. */
    public Lion withBetas(double first, double second) {
        return new Lion(learningRate, first, second, weightDecay);
    }

    @Override
    public Lion withWeightDecay(double value) {
        return new Lion(learningRate, beta1, beta2, value);
    }

    @Override
    public List<String> states() {
        return List.of("exp_avg");
    }

    @Override
    public double[] scalars(long step, double rate) {
        return new double[] {rate, rate * weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr mean = states.get(0);
        Expr direction = mean.multiply(beta1).add(gradient.multiply(1 - beta1)).sign();
        Expr kept = parameter.subtract(parameter.multiply(scalars.get(1)));
        Expr average = mean.multiply(beta2).add(gradient.multiply(1 - beta2));
        return new Update(kept.subtract(direction.multiply(scalars.get(0))), average);
    }
}
