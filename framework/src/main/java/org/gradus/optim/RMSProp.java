package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * Steps divided by the root of a running average of squared gradients (Tieleman and Hinton, 2012),
 * as PyTorch defines it. States: {@code square_avg}, {@code grad_avg} if centered and {@code
 * momentum_buffer} with a momentum.
 *
 * @param learningRate the step size
 * @param alpha decay of the average
 * @param epsilon added to its root
 * @param momentum 0 for none
 * @param centered whether the average is of the variance rather than of the squares
 * @param weightDecay this times the parameter is added to the gradient
 */
public record RMSProp(
        double learningRate,
        double alpha,
        double epsilon,
        double momentum,
        boolean centered,
        double weightDecay)
        implements UpdateRule {
    /** Checks the settings. */
    public RMSProp {
        Settings.positive("RMSProp", "learning rate", learningRate);
        Settings.fraction("RMSProp", "alpha", alpha);
        Settings.notNegative("RMSProp", "epsilon", epsilon);
        Settings.notNegative("RMSProp", "momentum", momentum);
        Settings.notNegative("RMSProp", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: alpha 0.99, epsilon 1e-8, no momentum. */
    public static RMSProp withLearningRate(double learningRate) {
        return new RMSProp(learningRate, 0.99, 1e-8, 0, false, 0);
    }

    /** Returns this rule with another decay of the average. */
    public RMSProp withAlpha(double value) {
        return new RMSProp(learningRate, value, epsilon, momentum, centered, weightDecay);
    }

    /** Returns this rule with another epsilon. */
    public RMSProp withEpsilon(double value) {
        return new RMSProp(learningRate, alpha, value, momentum, centered, weightDecay);
    }

    /** Returns this rule with a momentum. */
    public RMSProp withMomentum(double value) {
        return new RMSProp(learningRate, alpha, epsilon, value, centered, weightDecay);
    }

    /** Returns this rule with the squared average gradient taken off the average of squares. */
    public RMSProp centering() {
        return new RMSProp(learningRate, alpha, epsilon, momentum, true, weightDecay);
    }

    @Override
    public RMSProp withWeightDecay(double value) {
        return new RMSProp(learningRate, alpha, epsilon, momentum, centered, value);
    }

    @Override
    public List<String> states() {
        if (centered) {
            return momentum == 0
                    ? List.of("square_avg", "grad_avg")
                    : List.of("square_avg", "grad_avg", "momentum_buffer");
        }
        return momentum == 0 ? List.of("square_avg") : List.of("square_avg", "momentum_buffer");
    }

    @Override
    public double[] scalars(long step, double rate) {
        return new double[] {rate, weightDecay};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr decayed = gradient.add(parameter.multiply(scalars.get(1)));
        Expr square = states.get(0).multiply(alpha).add(decayed.square().multiply(1 - alpha));
        Expr mean = centered ? average(states.get(1), decayed) : null;
        // rounding can make the variance slightly negative
        Expr variance = centered ? square.subtract(mean.square()).maximum(0) : square;
        Expr direction = decayed.divide(variance.sqrt().add(epsilon));
        Expr buffer = momentum == 0 ? null : states.getLast().multiply(momentum).add(direction);
        Expr move = (buffer == null ? direction : buffer).multiply(scalars.get(0));
        Expr moved = parameter.subtract(move);
        if (centered) {
            return buffer == null
                    ? new Update(moved, square, mean)
                    : new Update(moved, square, mean, buffer);
        }
        return buffer == null ? new Update(moved, square) : new Update(moved, square, buffer);
    }

    private Expr average(Expr mean, Expr gradient) {
        return mean.add(gradient.subtract(mean).multiply(1 - alpha));
    }
}
