package org.gradus.data;

import java.util.List;
import org.gradus.tensor.HostArray;

/**
 * One element of a data set: what a model is given, and what it should answer.
 *
 * @param inputs the model's inputs, most often one; without a batch axis
 * @param target what is expected; a class index is an {@code I64} scalar
 */
public record Sample(List<HostArray> inputs, HostArray target) {
    /** Copies the list. */
    public Sample {
        inputs = List.copyOf(inputs);
    }

    /** Returns a sample of one input. */
    public static Sample of(HostArray input, HostArray target) {
        return new Sample(List.of(input), target);
    }

    /** Returns the first input. */
    public HostArray input() {
        return inputs.getFirst();
    }
}
