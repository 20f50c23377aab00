package org.gradus.train;

import java.util.List;
import org.gradus.tensor.Tensor;

/** How a model is called with the inputs of a batch, where it takes more than one. */
@FunctionalInterface
public interface Forward {
    /** Returns the output for the inputs of a batch, {@code [batch, ...]} each. */
    Tensor of(List<Tensor> inputs);
}
