package org.gradus.optim;

import java.util.List;
import org.gradus.expr.Expr;

/**
 * The arithmetic of an optimizer: how a parameter's element changes with its gradient. The whole
 * rule is one pointwise expression, which runs over all parameters in few launches.
 *
 * <pre>{@code
 * record SignDescent(double learningRate) implements UpdateRule {
 *     public List<String> states() {
 *         return List.of();
 *     }
 *
 *     public double[] scalars(long step, double learningRate) {
 *         return new double[] {learningRate};
 *     }
 *
 *     public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
 *         return new Update(parameter.subtract(gradient.sign().multiply(scalars.get(0))));
 *     }
 * }
 * }</pre>
 *
 * <p>A rule that needs norms or products of whole tensors is a {@link DirectionRule}.
 */
public interface UpdateRule {
    /**
     * The new values of an element.
     *
     * @param parameter of the parameter
     * @param states of the states, in their order
     */
    record Update(Expr parameter, List<Expr> states) {
        /** Copies the list. */
        public Update {
            states = List.copyOf(states);
        }

        /** Creates the update of a rule with the given states. */
        public Update(Expr parameter, Expr... states) {
            this(parameter, List.of(states));
        }
    }

    /** Returns the learning rate before any schedule. */
    double learningRate();

    /**
     * Returns the names of the states, as in {@code exp_avg}: tensors of each parameter's shape, 0
     * at first.
     */
    List<String> states();

    /**
     * Returns what changes from step to step, as arguments of the kernel. There are always equally
     * many.
     *
     * @param step the number of this step of the parameter, 1 for the first
     * @param learningRate the present one
     */
    double[] scalars(long step, double learningRate);

    /**
     * Defines the new values. Called once per element type; must not depend on anything but the
     * settings of the rule.
     */
    Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars);

    /**
     * Returns this rule with another weight decay.
     *
     * @throws UnsupportedOperationException if the rule has none
     */
    default UpdateRule withWeightDecay(double weightDecay) {
        throw new UnsupportedOperationException(
                getClass().getSimpleName() + " has no weight decay; leave it out of the groups");
    }
}
