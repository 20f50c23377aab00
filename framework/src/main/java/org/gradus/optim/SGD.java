package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * Stochastic gradient descent, with momentum as PyTorch defines it: {@code buffer = momentum *
 * buffer + (1 - dampening) * gradient} (the first one undamped), {@code parameter -= learningRate *
 * buffer}.
 *
 * @param learningRate the step size
 * @param momentum 0 for none
 * @param dampening of the gradient in the momentum
 * @param weightDecay this times the parameter is added to the gradient
 * @param nesterov whether the step looks ahead (Sutskever et al., 2013)
 */
public record SGD(
        double learningRate,
        double momentum,
        double dampening,
        double weightDecay,
        boolean nesterov)
        implements UpdateRule {
    /** Checks the settings. */
    public SGD {
        Settings.positive("SGD", "learning rate", learningRate);
        Settings.notNegative("SGD", "momentum", momentum);
        Settings.notNegative("SGD", "weight decay", weightDecay);
        if (nesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "SGD: Nesterov's step needs a momentum and no dampening");
        }
    }

    /** Returns plain gradient descent. */
    public static SGD withLearningRate(double learningRate) {
        return new SGD(learningRate, 0, 0, 0, false);
    }

    /** Returns this rule with a momentum. */
    public SGD withMomentum(double value) {
        return new SGD(learningRate, value, dampening, weightDecay, nesterov);
    }

    /** Returns this rule with a momentum that looks ahead. */
    public SGD withNesterovMomentum(double value) {
        return new SGD(learningRate, value, 0, weightDecay, true);
    }

    /** Returns this rule with gradients damped in the momentum. */
    public SGD withDampening(double value) {
        return new SGD(learningRate, momentum, value, weightDecay, nesterov);
    }

    @Override
    public SGD withWeightDecay(double value) {
        return new SGD(learningRate, momentum, dampening, value, nesterov);
    }

    @Override
    public List<String> states() {
        return momentum == 0 ? List.of() : List.of("momentum_buffer");
    }

    @Override
    public double[] scalars(long step, double rate) {
        return new double[] {rate, weightDecay, step == 1 ? 1 : 1 - dampening};
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr rate = scalars.get(0);
        Expr decayed = gradient.add(parameter.multiply(scalars.get(1)));
        if (momentum == 0) {
            return new Update(parameter.subtract(decayed.multiply(rate)));
        }
        Expr buffer = states.get(0).multiply(momentum).add(decayed.multiply(scalars.get(2)));
        Expr direction = nesterov ? decayed.add(buffer.multiply(momentum)) : buffer;
        return new Update(parameter.subtract(direction.multiply(rate)), buffer);
    }
}
