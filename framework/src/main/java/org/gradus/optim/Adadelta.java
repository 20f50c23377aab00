package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * Steps scaled by the ratio of the roots of running averages of squared steps and squared gradients
 * (Zeiler, 2012). States: {@code square_avg} and {@code acc_delta}.
 *
 * @param learningRate what steps are multiplied by, 1 in the paper
 * @param rho decay of both averages
 * @param epsilon added to both averages under the root
 * @param weightDecay this times the parameter is added to the gradient
 */
public record Adadelta(double learningRate, double rho, double epsilon, double weightDecay)
        implements UpdateRule {
    /** Checks the settings. */
    public Adadelta {
        Settings.positive("Adadelta", "learning rate", learningRate);
        Settings.fraction("Adadelta", "rho", rho);
        Settings.positive("Adadelta", "epsilon", epsilon);
        Settings.notNegative("Adadelta", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: rho 0.9, epsilon 1e-6, no decay. */
    public static Adadelta withLearningRate(double learningRate) {
        return new Adadelta(learningRate, 0.9, 1e-6, 0);
    }

    /** Returns this rule with another decay of the averages. */
    public Adadelta withRho(double value) {
        return new Adadelta(learningRate, value, epsilon, weightDecay);
    }

    /** Returns this rule with another epsilon. */
    public Adadelta withEpsilon(double value) {
        return new Adadelta(learningRate, rho, value, weightDecay);
    }

    @Override
    public Adadelta withWeightDecay(double value) {
        return new Adadelta(learningRate, rho, epsilon, value);
    }

    @Override
    public List<String> states() {
        return List.of("square_avg", "acc_delta");
    }

    @Override
    public double[] scalars(long step, double rate) {
        return new double[] {rate, weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr decayed = gradient.add(parameter.multiply(scalars.get(1)));
        Expr squares = states.get(0).multiply(rho).add(decayed.square().multiply(1 - rho));
        Expr size = states.get(1).add(epsilon).sqrt();
        Expr move = size.divide(squares.add(epsilon).sqrt()).multiply(decayed);
        Expr moves = states.get(1).multiply(rho).add(move.square().multiply(1 - rho));
        return new Update(parameter.subtract(move.multiply(scalars.get(0))), squares, moves);
    }
}
