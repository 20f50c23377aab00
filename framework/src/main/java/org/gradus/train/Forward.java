package org.gradus.train;

import org.gradus.tensor.Tensor;

import java.util.List;

/** How a model is called with the inputs of a batch, where it takes more than one. */
@FunctionalInterface
public interface Forward {
    /** Returns the output for the inputs of a batch, {@code [batch, ...]} each. */
    Tensor of(List<Tensor> inputs);
}
