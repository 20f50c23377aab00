package org.gradus.metrics;

import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/** A metric that is a sum over samples (or elements, or tokens) divided by their number. */
abstract sealed class MeanMetric implements Metric
        permits Accuracy, TopKAccuracy, MeanAbsoluteError, MeanSquaredError, TokenSurprise {
    private final String name;
    private final Tally sum = new Tally(1);
    private final Tally count = new Tally(1);

    MeanMetric(String name) {
        this.name = name;
    }

    /** Adds a batch's part by {@link #add}. */
    abstract void measure(Tensor output, Tensor target);

    final void add(Tensor summand, long number) {
        sum.add(summand);
        count.add(number);
    }

    final void add(Tensor summand, Tensor number) {
        sum.add(summand);
        count.add(number);
    }

    /** Returns the sum divided by the number, NaN if that is 0. */
    final double mean() {
        return sum.first() / count.first();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void update(Tensor output, Tensor target) {
        try (var _ = Scope.open()) {
            // Sums of 16-bit numbers would soon stand still.
            Autograd.withoutGradients(
                    () -> measure(output.detach().to(output.dtype().computeType()), target));
        }
    }

    @Override
    public double value() {
        return mean();
    }

    @Override
    public final void reset() {
        sum.clear();
        count.clear();
    }

    @Override
    public final double[] state() {
        return new double[] {sum.first(), count.first()};
    }

    @Override
    public final void restore(double[] state) {
        States.requireSize(name, state, 2);
        sum.set(state[0]);
        count.set(state[1]);
    }
}
