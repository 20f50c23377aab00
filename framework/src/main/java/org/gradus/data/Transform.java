package org.gradus.data;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes another sample of a sample when it is read: augmentation, encoding, normalization.
 *
 * <p>What is random in it must come from the given generator alone, whose seed follows from the
 * data set's seed, the epoch and the sample's index: then an epoch can be repeated or resumed
 * exactly, whatever the number of threads that load it. A transform without randomness should be a
 * {@link BatchTransform} where it can.
 */
@FunctionalInterface
public interface Transform {

    /**
     * Returns the transformed sample; the given one stays as it is.
     *
     * @param random the source of all randomness for this sample in this epoch
     */
    Sample apply(Sample sample, RandomGenerator random);

    /**
     * Returns this transform followed by others, which draw on from the same generator. Data sets
     * that are {@linkplain Dataset#map(Transform, long) mapped} twice with one seed would draw the
     * same twice.
     */
    default Transform then(Transform... others) {
        List<Transform> all = List.of(others);
        return (sample, random) -> {
            Sample result = apply(sample, random);
            for (Transform next : all) {
                result = next.apply(result, random);
            }
            return result;
        };
    }
}
