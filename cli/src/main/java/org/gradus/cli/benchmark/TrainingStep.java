package org.gradus.cli.benchmark;

import java.util.Map;
import org.gradus.tensor.HostArray;

/** A step that trains, always on the same batch. */
public interface TrainingStep extends Step {
    /** Returns the loss of the batch as the parameters are now, without dropout. */
    double loss();

    /**
     * Returns the values that another program needs to do the same: the parameters and buffers by
     * name, and the batch, whose names begin with {@code batch.}
     */
    Map<String, HostArray> values();
}
