package org.gradus.optim;

import java.util.List;
import java.util.Map;
import org.gradus.expr.Expr;
import org.gradus.nn.Parameter;
import org.gradus.tensor.Tensor;

/**
 * Momentum whose steps are made orthogonal, so that all directions of a matrix learn alike (Jordan,
 * 2024): the singular values of each step are brought close to 1 by five Newton-Schulz iterations.
 * State: {@code momentum_buffer}. As PyTorch's {@code Muon}, but computed in {@code F32} where that
 * takes {@code BF16}.
 *
 * <p>For hidden weights of two axes or more (those of convolutions count as {@code [out, rest]});
 * embeddings, output layers and vectors belong to another rule, see {@link #withOthers}.
 *
 * @param learningRate the step size
 * @param momentum decay of the average of gradients
 * @param nesterov whether the step looks ahead
 * @param weightDecay this times the learning rate is the part that a parameter loses in each step
 * @param matchesAdam whether steps are as large as AdamW's usually are, so that its learning rates
 *     fit (Liu et al., 2025), by {@code 0.2 * sqrt(max(rows, columns))}; else the factor is {@code
 *     sqrt(max(1, rows / columns))}
 */
public record Muon(
        double learningRate,
        double momentum,
        boolean nesterov,
        double weightDecay,
        boolean matchesAdam)
        implements DirectionRule {
    private static final int ITERATIONS = 5;

    /** Of the polynomial {@code a x + b x^3 + c x^5}, steep at 0; the author's. */
    private static final double A = 3.4445;

    private static final double B = -4.775;
    private static final double C = 2.0315;

    /** The least norm that is divided by. */
    private static final double EPSILON = 1e-7;

    /** Checks the settings. */
    public Muon {
        Settings.positive("Muon", "learning rate", learningRate);
        Settings.fraction("Muon", "momentum", momentum);
        Settings.notNegative("Muon", "weight decay", weightDecay);
    }

    /** Returns the rule with PyTorch's defaults: Nesterov's momentum 0.95, weight decay 0.1. */
    public static Muon withLearningRate(double learningRate) {
        return new Muon(learningRate, 0.95, true, 0.1, false);
    }

    /** Returns this rule with another momentum. */
    public Muon withMomentum(double value) {
        return new Muon(learningRate, value, nesterov, weightDecay, matchesAdam);
    }

    /** Returns this rule without looking ahead. */
    public Muon withoutNesterov() {
        return new Muon(learningRate, momentum, false, weightDecay, matchesAdam);
    }

    /** Returns this rule with steps of the size of AdamW's. */
    public Muon matchingAdam() {
        return new Muon(learningRate, momentum, nesterov, weightDecay, true);
    }

    @Override
    public Muon withWeightDecay(double value) {
        return new Muon(learningRate, momentum, nesterov, value, matchesAdam);
    }

    /**
     * Returns two groups: weights of two axes or more for this rule, all else for another.
     *
     * @param others most often {@link AdamW}
     * @param leftToOthers beginnings of the names of weights that the other rule takes, too: those
     *     of embeddings and of the output layer
     */
    public List<ParameterGroup> withOthers(
            Map<String, Parameter> parameters, UpdateRule others, String... leftToOthers) {
        List<String> left = List.of(leftToOthers);
        return ParameterGroup.split(
                parameters,
                (name, parameter) ->
                        parameter.shape().rank() > 1 && left.stream().noneMatch(name::startsWith),
                this,
                others);
    }

    @Override
    public List<String> states() {
        return List.of("momentum_buffer");
    }

    @Override
    public double[] scalars(long step, double rate) {
        return new double[0];
    }

    @Override
    public Update update(Expr parameter, Expr gradient, List<Expr> states, List<Expr> scalars) {
        Expr buffer = states.getFirst();
        Expr mean = buffer.add(gradient.subtract(buffer).multiply(1 - momentum));
        Expr ahead = gradient.add(mean.subtract(gradient).multiply(momentum));
        return new Update(nesterov ? ahead : mean, mean);
    }

    /**
     * Makes the direction orthogonal and adds the decay.
     *
     * @throws IllegalArgumentException if it is a vector
     */
    @Override
    public Tensor shape(Tensor parameter, Tensor direction) {
        if (direction.rank() < 2) {
            throw new IllegalArgumentException(
                    "Muon: a parameter of shape "
                            + direction.shape()
                            + " is no matrix; leave it to another rule, as withOthers does");
        }
        Tensor matrix = direction.flatten(1, -1);
        int rows = matrix.size(0);
        int columns = matrix.size(1);
        double factor =
                matchesAdam
                        ? 0.2 * Math.sqrt(Math.max(rows, columns))
                        : Math.sqrt(Math.max(1, (double) rows / columns));
        Tensor step = orthogonal(matrix).mul(factor).reshape(direction.shape());
        return weightDecay == 0 ? step : step.add(parameter.mul(weightDecay));
    }

    /** The products are those of the smaller side. */
    private static Tensor orthogonal(Tensor matrix) {
        boolean tall = matrix.size(0) > matrix.size(1);
        Tensor x = tall ? matrix.mT() : matrix;
        x = x.div(x.norm().clamp(EPSILON, Double.POSITIVE_INFINITY));
        for (int i = 0; i < ITERATIONS; i++) {
            Tensor gram = x.matmul(x.mT());
            Tensor polynomial = gram.mul(B).add(gram.matmul(gram).mul(C));
            x = x.mul(A).add(polynomial.matmul(x));
        }
        return tall ? x.mT() : x;
    }
}
