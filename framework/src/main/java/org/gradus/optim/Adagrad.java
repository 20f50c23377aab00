package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * Steps divided by the root of the sum of all squared gradients (Duchi et al., 2011). State: {@code
 * sum}.
 *
 * @param learningRate the step size
 * @param learningRateDecay the step size is divided by 1 and this times the number of steps before
 * @param epsilon added to the root
 * @param weightDecay this times the parameter is added to the gradient
 */
public record Adagrad(
        double learningRate, double learningRateDecay, double epsilon, double weightDecay)
        implements UpdateRule {
    /** Checks the settings. */
    public Adagrad {
        Settings.positive("Adagrad", "learning rate", learningRate);
        Settings.notNegative("Adagrad", "learning rate decay", learningRateDecay);
        Settings.notNegative("Adagrad", "epsilon", epsilon);
        Settings.notNegative("Adagrad", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: epsilon 1e-10, no decays. */
    public static Adagrad withLearningRate(double learningRate) {
        return new Adagrad(learningRate, 0, 1e-10, 0);
    }

    /** Returns this rule with a decay of the learning rate. */
    public Adagrad withLearningRateDecay(double value) {
        return new Adagrad(learningRate, value, epsilon, weightDecay);
    }

    /** Returns this rule with another epsilon. */
    public Adagrad withEpsilon(double value) {
        return new Adagrad(learningRate, learningRateDecay, value, weightDecay);
    }

    @Override
    public Adagrad withWeightDecay(double value) {
        return new Adagrad(learningRate, learningRateDecay, epsilon, value);
    }

    @Override
    public List<String> states() {
        return List.of("sum");
    }

    @Override
    public double[] scalars(long step, double rate) {
        return new double[] {rate / (1 + (step - 1) * learningRateDecay), weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr decayed = gradient.add(parameter.multiply(scalars.get(1)));
        Expr sum = states.get(0).add(decayed.square());
        Expr direction = decayed.divide(sum.sqrt().add(epsilon));
        return new Update(parameter.subtract(direction.multiply(scalars.get(0))), sum);
    }
}
