package org.gradus.cli.benchmark;

import java.util.Map;
import org.gradus.dtype.DType;
import org.gradus.tensor.HostArray;

/** A step that trains, always on the same batch. */
public interface TrainingStep extends Step {
    /**
     * Chooses the precision of products and of what lies between them, {@code F32} or {@code BF16};
     * parameters and their gradients stay {@code F32}.
     */
    void setPrecision(DType type);

    /** Returns the loss of the batch as the parameters are now, without dropout. */
    double loss();

    /**
     * Returns the values that another program needs to do the same: the parameters and buffers by
     * name, and the batch, whose names begin with {@code batch.}
     */
    Map<String, HostArray> values();
}
