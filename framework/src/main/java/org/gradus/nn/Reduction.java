package org.gradus.nn;

import org.gradus.tensor.Tensor;

/** How a loss makes one number of the losses of all elements. */
public enum Reduction {
    /** Their mean: the default. */
    MEAN,
    /** Their sum. */
    SUM,
    /** Their sum divided by the size of the first axis. */
    BATCH_MEAN,
    /** The losses as they are. */
    NONE;

    Tensor of(Tensor losses) {
        return switch (this) {
            case MEAN -> losses.mean();
            case SUM -> losses.sum();
            case BATCH_MEAN -> losses.sum().div(losses.rank() == 0 ? 1 : losses.size(0));
            case NONE -> losses;
        };
    }
}
