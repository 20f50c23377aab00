package org.gradus.metrics;

import org.gradus.tensor.Tensor;

/**
 * The mean of the absolute differences of outputs and targets of one shape, over all elements,
 * called {@code mae}.
 */
public final class MeanAbsoluteError extends MeanMetric {
    private final double unit;

    /** Makes an empty metric. */
    public MeanAbsoluteError() {
        this(1);
    }

    private MeanAbsoluteError(double unit) {
        super("mae");
        this.unit = unit;
    }

    /**
     * Returns a metric whose errors are multiplied by a number: for outputs and targets that were
     * divided by it, so that errors are in the unit of what was measured.
     */
    public static MeanAbsoluteError inUnitsOf(double deviation) {
        return new MeanAbsoluteError(deviation);
    }

    @Override
    void measure(Tensor output, Tensor target) {
        Tensor errors = Differences.of(name(), output, target).abs();
        add(errors.sum().mul(unit), errors.shape().elements());
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }
}
