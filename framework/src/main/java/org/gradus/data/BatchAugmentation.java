package org.gradus.data;

import java.util.random.RandomGenerator;

/**
 * A random change of a whole batch, such as one that mixes its samples. What is random in it must
 * come from the given generator alone; see {@link Dataset#augmentBatches}.
 */
@FunctionalInterface
public interface BatchAugmentation {
    /**
     * Returns the changed batch; the given one stays as it is.
     *
     * @param random the source of all randomness for this batch in this epoch
     */
    Batch apply(Batch batch, RandomGenerator random);
}
