package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.gradus.tensor.HostArray;

/**
 * A random change of a sample's first input, an image {@code [channels, height, width]} of {@code
 * U8} or {@code F32}; the target stays. Subclasses are the changes there are.
 */
public abstract sealed class ImageTransform implements Transform
        permits RandomCrop, RandomFlip, RandomAffine, RandomErasing, ColorJitter {
    ImageTransform() {}

    @Override
    public final Sample apply(Sample sample, RandomGenerator random) {
        List<HostArray> inputs = new ArrayList<>(sample.inputs());
        Picture picture = Picture.of(inputs.getFirst(), getClass().getSimpleName());
        inputs.set(0, apply(picture, random).toArray());
        return new Sample(inputs, sample.target());
    }

    /** Returns the changed image; may change and return the given one. */
    abstract Picture apply(Picture image, RandomGenerator random);

    static double probability(String transform, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    transform + ": the probability " + value + " is not between 0 and 1");
        }
        return value;
    }
}
