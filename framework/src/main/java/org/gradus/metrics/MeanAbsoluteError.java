package org.gradus.metrics;

import org.gradus.tensor.Tensor;

/**
 * The mean of the absolute differences of outputs and targets of one shape, over all elements,
 * called {@code mae}.
 */
public final class MeanAbsoluteError extends MeanMetric {
    /** Makes an empty metric. */
    public MeanAbsoluteError() {
        super("mae");
    }

    @Override
    void measure(Tensor output, Tensor target) {
        Tensor errors = Differences.of(name(), output, target).abs();
        add(errors.sum(), errors.shape().elements());
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }
}
