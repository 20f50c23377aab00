package org.gradus.metrics;

import org.gradus.tensor.Tensor;

/**
 * A measure of how good outputs are, over all batches since the last {@link #reset}.
 *
 * <p>An object measures one thing at a time, on one thread. {@link #state} and {@link #restore} let
 * a measurement be put aside and continued, exactly, such as from a checkpoint in the middle of an
 * epoch.
 */
public interface Metric {

    /** Returns the name under which the value is reported, as in {@code accuracy}. */
    String name();

    /**
     * Adds a batch. Neither tensor is kept.
     *
     * @param output what the model gave
     * @param target what was expected
     * @throws org.gradus.tensor.TensorException if their shapes do not fit this metric
     */
    void update(Tensor output, Tensor target);

    /** Returns the value over all batches so far, NaN where there is none; waits for the device. */
    double value();

    /** Forgets all batches. */
    void reset();

    /** Returns the sums that make up the value: all there is to remember. */
    double[] state();

    /**
     * Continues from sums that {@link #state} returned.
     *
     * @throws IllegalArgumentException if they are not those of such a metric
     */
    void restore(double[] state);

    /** Returns whether a higher value is better, as for most metrics; errors say false. */
    default boolean higherIsBetter() {
        return true;
    }
}
