package org.gradus.device;

import java.util.List;
import org.gradus.expr.Program;

/** One launch over many tensors: what optimizers do to all parameters. */
public interface MultiTensorKernels extends Kernels {
    /**
     * Runs one pointwise program on each of several groups of views, as {@link Device#map} would
     * one after the other.
     *
     * @param inputs for each group the inputs, of one shape; contiguous, or one number repeated
     * @param outputs for each group the outputs; each may be the very same view as an input
     */
    void map(Program program, long[] scalars, List<List<View>> inputs, List<List<View>> outputs);

    /** Stores the sum of squares of all elements of all views in {@code output}, a scalar. */
    void sumOfSquares(List<View> inputs, View output);
}
