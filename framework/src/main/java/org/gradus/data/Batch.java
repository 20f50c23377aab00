package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import org.gradus.tensor.HostArray;

/**
 * Several samples stacked along a new first axis.
 *
 * @param inputs the model's inputs, {@code [size, ...]} each
 * @param target what is expected, {@code [size, ...]}
 * @param size the number of samples
 */
public record Batch(List<HostArray> inputs, HostArray target, int size) {
    /** Copies the list and checks that each array has {@code size} rows. */
    public Batch {
        inputs = List.copyOf(inputs);
        for (HostArray input : inputs) {
            requireRows("input", input, size);
        }
        requireRows("target", target, size);
    }

    /**
     * Returns the given samples as a batch.
     *
     * @throws IllegalArgumentException if there are none, or their types or shapes differ
     */
    public static Batch of(List<Sample> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one sample");
        }
        List<HostArray> inputs = new ArrayList<>();
        for (int i = 0; i < samples.getFirst().inputs().size(); i++) {
            int input = i;
            inputs.add(
                    HostArray.stack(
                            samples.stream().map(sample -> sample.inputs().get(input)).toList()));
        }
        HostArray target = HostArray.stack(samples.stream().map(Sample::target).toList());
        return new Batch(inputs, target, samples.size());
    }

    /** Returns the first input. */
    public HostArray input() {
        return inputs.getFirst();
    }

    private static void requireRows(String what, HostArray array, int size) {
        if (array.shape().rank() == 0 || array.shape().size(0) != size) {
            throw new IllegalArgumentException(
                    "a batch of "
                            + size
                            + " samples needs an "
                            + what
                            + " with as many rows, not one of shape "
                            + array.shape());
        }
    }
}
