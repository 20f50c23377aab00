package org.gradus.optim;

/**
 * A factor of the learning rate that falls when a measured value stops improving, as PyTorch's
 * {@code ReduceLROnPlateau}. It has a state, which is part of a training's checkpoints; a {@link
 * Schedule} has none.
 *
 * <pre>{@code
 * ReduceOnPlateau plateau = new ReduceOnPlateau(0.5, 3);
 * // after each epoch
 * plateau.update(validationLoss, false);
 * // before each step
 * optimizer.schedule(_ -> plateau.factor(), step);
 * }</pre>
 */
public final class ReduceOnPlateau {
    private final double gamma;
    private final int patience;
    private final double threshold;
    private final int cooldown;
    private final double least;

    private double factor = 1;
    private double best = Double.NaN;
    private int bad;
    private int cooling;

    /**
     * Makes a factor of 1 that is multiplied by {@code gamma} after more than {@code patience}
     * values in a row that are no better than the best; PyTorch's defaults are 0.1 and 10. A value
     * is better if it is so by 0.01% at least.
     */
    public ReduceOnPlateau(double gamma, int patience) {
        this(gamma, patience, 1e-4, 0, 0);
    }

    private ReduceOnPlateau(
            double gamma, int patience, double threshold, int cooldown, double least) {
        Settings.positive("ReduceOnPlateau", "gamma", gamma);
        Settings.fraction("ReduceOnPlateau", "gamma", gamma);
        Settings.notNegative("ReduceOnPlateau", "patience", patience);
        Settings.notNegative("ReduceOnPlateau", "threshold", threshold);
        Settings.notNegative("ReduceOnPlateau", "cooldown", cooldown);
        Settings.notNegative("ReduceOnPlateau", "least factor", least);
        this.gamma = gamma;
        this.patience = patience;
        this.threshold = threshold;
        this.cooldown = cooldown;
        this.least = least;
    }

    /** Returns one that takes a value as better only if it is so by this part of the best. */
    public ReduceOnPlateau withThreshold(double part) {
        return new ReduceOnPlateau(gamma, patience, part, cooldown, least);
    }

    /** Returns one that after each reduction counts no value against so many. */
    public ReduceOnPlateau withCooldown(int values) {
        return new ReduceOnPlateau(gamma, patience, threshold, values, least);
    }

    /** Returns one whose factor does not fall below this. */
    public ReduceOnPlateau withLeast(double factor) {
        return new ReduceOnPlateau(gamma, patience, threshold, cooldown, factor);
    }

    /** Returns the present factor. */
    public double factor() {
        return factor;
    }

    /**
     * Takes in a value; NaN is never better.
     *
     * @param higherIsBetter as for an accuracy; false for a loss
     */
    public void update(double value, boolean higherIsBetter) {
        boolean better =
                Double.isNaN(best) && !Double.isNaN(value)
                        || (higherIsBetter
                                ? value > best * (1 + threshold)
                                : value < best * (1 - threshold));
        bad = better ? 0 : bad + 1;
        best = better ? value : best;
        if (cooling > 0) {
            cooling--;
            bad = 0;
        }
        if (bad > patience) {
            factor = Math.max(factor * gamma, least);
            cooling = cooldown;
            bad = 0;
        }
    }

    /** Forgets all values: the factor is 1 again. */
    public void reset() {
        restore(new double[] {1, Double.NaN, 0, 0});
    }

    /** Returns all there is to remember. */
    public double[] state() {
        return new double[] {factor, best, bad, cooling};
    }

    /**
     * Continues from what {@link #state} returned.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public void restore(double[] state) {
        if (state.length != 4) {
            throw new IllegalArgumentException(
                    "the state of ReduceOnPlateau has 4 numbers, not "
                            + state.length
                            + ": give the one that it returned");
        }
        factor = state[0];
        best = state[1];
        bad = (int) state[2];
        cooling = (int) state[3];
    }
}
