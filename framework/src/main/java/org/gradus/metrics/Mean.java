package org.gradus.metrics;

import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** The mean over all samples of a quantity that is computed elsewhere, such as a part of a loss. */
public final class Mean implements Metric {
    private final String name;
    private final boolean higherIsBetter;
    private final Tally sum = new Tally(1);
    private final Tally count = new Tally(1);

    private Mean(String name, boolean higherIsBetter) {
        this.name = name;
        this.higherIsBetter = higherIsBetter;
    }

    /** Returns a mean of something that is better the higher it is. */
    public static Mean ofScores(String name) {
        return new Mean(name, true);
    }

    /** Returns a mean of something that is better the lower it is. */
    public static Mean ofErrors(String name) {
        return new Mean(name, false);
    }

    /**
     * Adds the mean over some samples.
     *
     * @param mean a scalar, which is not kept
     * @param samples the number of samples
     */
    public void add(Tensor mean, long samples) {
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(() -> sum.add(mean.detach().mul((double) samples)));
        }
        count.add(samples);
    }

    /** Adds a number over some samples. */
    public void add(double mean, long samples) {
        sum.add(mean * samples);
        count.add(samples);
    }

    @Override
    public String name() {
        return name;
    }

    /** Adds the elements of the output; the target is not looked at. */
    @Override
    public void update(Tensor output, Tensor target) {
        long elements = output.shape().elements();
        try (var _ = Scope.open()) {
            add(output.detach().mean(), elements);
        }
    }

    @Override
    public double value() {
        return sum.first() / count.first();
    }

    @Override
    public void reset() {
        sum.clear();
        count.clear();
    }

    @Override
    public double[] state() {
        return new double[] {sum.first(), count.first()};
    }

    @Override
    public void restore(double[] state) {
        States.requireSize(name, state, 2);
        sum.set(state[0]);
        count.set(state[1]);
    }

    @Override
    public boolean higherIsBetter() {
        return higherIsBetter;
    }
}
