package org.gradus.metrics;

import org.gradus.tensor.Tensor;

/** Outputs minus targets, which must not broadcast: that would be a mistake in the model. */
final class Differences {
    private Differences() {}

    static Tensor of(String metric, Tensor output, Tensor target) {
        if (!output.shape().equals(target.shape())) {
            throw Labels.mismatch(metric, output, target, "both need the same shape");
        }
        return output.sub(target);
    }
}
