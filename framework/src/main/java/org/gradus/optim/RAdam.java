package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * {@link Adam} without adaptive steps as long as the average of squares is of too few gradients
 * (Liu et al., 2020), which spares a warm-up. States: {@code exp_avg} and {@code exp_avg_sq}.
 *
 * @param learningRate the step size
 * @param beta1 decay of the average of gradients
 * @param beta2 decay of the average of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay this times the parameter is added to the gradient
 */
public record RAdam(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        implements UpdateRule {
    /** The length of the average from which on its variance can be told; the paper's. */
    private static final double ENOUGH = 5;

    /** Checks the settings. */
    public RAdam {
        Settings.positive("RAdam", "learning rate", learningRate);
        Settings.fraction("RAdam", "beta1", beta1);
        Settings.fraction("RAdam", "beta2", beta2);
        Settings.positive("RAdam", "epsilon", epsilon);
        Settings.notNegative("RAdam", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8, decay 0. */
    public static RAdam withLearningRate(double learningRate) {
        return new RAdam(learningRate, 0.9, 0.999, 1e-8, 0);
    }

    /** Returns this rule with other decays of the averages. */
    public RAdam withBetas(double first, double second) {
        return new RAdam(learningRate, first, second, epsilon, weightDecay);
    }

    /** Returns this rule with another epsilon. */
    public RAdam withEpsilon(double value) {
        return new RAdam(learningRate, beta1, beta2, value, weightDecay);
    }

    @Override
    public RAdam withWeightDecay(double value) {
        return new RAdam(learningRate, beta1, beta2, epsilon, value);
    }

    @Override
    public List<String> states() {
        return AdaptiveMoments.STATES;
    }

    /** The step sizes with and without division by the root; one of them is 0. */
    @Override
    public double[] scalars(long step, double rate) {
        double stepSize = rate / (1 - Math.pow(beta1, step));
        double power = Math.pow(beta2, step);
        double longest = 2 / (1 - beta2) - 1;
        double length = longest - 2 * step * power / (1 - power);
        if (length <= ENOUGH) {
            return new double[] {0, stepSize, weightDecay};
        }
        double rectified =
                Math.sqrt(
                        (length - 4)
                                * (length - 2)
                                * longest
                                / ((longest - 4) * (longest - 2) * length));
        return new double[] {stepSize * rectified * Math.sqrt(1 - power), 0, weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr decayed = gradient.add(parameter.multiply(scalars.get(2)));
        Expr mean = states.get(0).add(decayed.subtract(states.get(0)).multiply(1 - beta1));
        Expr square = states.get(1).multiply(beta2).add(decayed.square().multiply(1 - beta2));
        Expr adaptive = scalars.get(0).divide(square.sqrt().add(epsilon));
        Expr move = mean.multiply(adaptive.add(scalars.get(1)));
        return new Update(parameter.subtract(move), mean, square);
    }
}
