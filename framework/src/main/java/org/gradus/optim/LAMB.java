package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;
import org.gradus.tensor.Tensor;

/**
 * {@link AdamW} whose step for each tensor is as long as the tensor itself times the learning rate,
 * for very large batches (You et al., 2020). States: {@code exp_avg} and {@code exp_avg_sq}.
 *
 * @param learningRate the step size, relative to the norm of the parameter
 * @param beta1 decay of the average of gradients
 * @param beta2 decay of the average of their squares
 * @param epsilon added to the root of the latter
 * @param weightDecay this times the parameter is added to the direction
 */
public record LAMB(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        implements DirectionRule {
    /** Checks the settings. */
    public LAMB {
        Settings.positive("LAMB", "learning rate", learningRate);
        Settings.fraction("LAMB", "beta1", beta1);
        Settings.fraction("LAMB", "beta2", beta2);
        Settings.notNegative("LAMB", "epsilon", epsilon);
        Settings.notNegative("LAMB", "weight decay", weightDecay);
    }

    /**
     * Returns the rule with the paper's settings: betas 0.9 and 0.999, epsilon 1e-6, decay 0.01.
     */
    public static LAMB withLearningRate(double learningRate) {
        return new LAMB(learningRate, 0.9, 0.999, 1e-6, 0.01);
    }

    /** Returns this rule with other decays of the averages. */
    public LAMB withBetas(double first, double second) {
        return new LAMB(learningRate, first, second, epsilon, weightDecay);
    }

    /** Returns this rule with another epsilon. */
    public LAMB withEpsilon(double value) {
        return new LAMB(learningRate, beta1, beta2, value, weightDecay);
    }

    @Override
    public LAMB withWeightDecay(double value) {
        return new LAMB(learningRate, beta1, beta2, epsilon, value);
    }

    @Override
    public List<String> states() {
        return AdaptiveMoments.STATES;
    }

    @Override
    public double[] scalars(long step, double rate) {
        double unbiased = 1 / (1 - Math.pow(beta1, step));
        double scale = 1 / Math.sqrt(1 - Math.pow(beta2, step));
        return new double[] {unbiased, scale, weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr mean = states.get(0).add(gradient.subtract(states.get(0)).multiply(1 - beta1));
        Expr square = states.get(1).multiply(beta2).add(gradient.square().multiply(1 - beta2));
        Expr denominator = square.sqrt().multiply(scalars.get(1)).add(epsilon);
        Expr direction = mean.multiply(scalars.get(0)).divide(denominator);
        return new Update(direction.add(parameter.multiply(scalars.get(2))), mean, square);
    }

    /** Scales by the ratio of norms; not where one of them is 0, as for a bias at first. */
    @Override
    public Tensor shape(Tensor parameter, Tensor direction) {
        Tensor length = parameter.norm();
        Tensor size = direction.norm();
        Tensor known = length.gt(0).and(size.gt(0));
        return direction.mul(known.where(length.div(size), 1));
    }
}
