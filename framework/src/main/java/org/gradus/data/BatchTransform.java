package org.gradus.data;

import java.util.random.RandomGenerator;

/** A transform without randomness that does whole batches at once, which is faster. */
public interface BatchTransform extends Transform {

    /** Returns the batch of the samples transformed one by one; the given one stays as it is. */
    Batch apply(Batch batch);

    /** Returns the transformed sample; the given one stays as it is. */
    Sample apply(Sample sample);

    @Override
    default Sample apply(Sample sample, RandomGenerator random) {
        return apply(sample);
    }
}
