package org.gradus.metrics;

import org.gradus.tensor.Tensor;

/**
 * The mean of the squared differences of outputs and targets of one shape, over all elements,
 * called {@code mse}.
 */
public final class MeanSquaredError extends MeanMetric {
    /** Makes an empty metric. */
    public MeanSquaredError() {
        super("mse");
    }

    @Override
    void measure(Tensor output, Tensor target) {
        Tensor errors = Differences.of(name(), output, target).square();
        add(errors.sum(), errors.shape().elements());
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }
}
