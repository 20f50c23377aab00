package org.gradus.train;

import org.gradus.tensor.Tensor;

/** How a batch becomes what is made small. */
@FunctionalInterface
public interface BatchLoss {
    /** Returns the loss, a scalar: a mean over the samples of the batch. */
    Tensor of(TensorBatch batch);
}
