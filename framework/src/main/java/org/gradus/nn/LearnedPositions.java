package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Adds to each step of {@code [batch, steps, size]} a learned vector for its position. Parameter:
 * {@code weight [longest, size]}, of a normal distribution with the deviation 0.02 at first, as in
 * GPT-2.
 */
public final class LearnedPositions extends Layer {
    private final int longest;
    private final int size;
    private final Parameter weight;

    /** Creates the layer for sequences of up to {@code longest} steps. */
    public LearnedPositions(int longest, int size) {
        this.longest = Arguments.positive("LearnedPositions", "longest", longest);
        this.size = Arguments.positive("LearnedPositions", "size", size);
        weight = parameter("weight", Shape.of(longest, size), Initializer.normal(0.02));
    }

    /** Returns {@code [longest, size]}. */
    public Parameter weight() {
        return weight;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return shifted(x, 0);
    }

    /** Like {@link #apply(Tensor)} for steps whose first has another position than 0. */
    public Tensor apply(Tensor x, int position) {
        ensureInitialized(x::device);
        return within(() -> shifted(x, position));
    }

    private Tensor shifted(Tensor x, int position) {
        if (x.rank() != 3 || x.size(2) != size) {
            throw new TensorException(
                    "LearnedPositions: an input of shape %s is not [batch, steps, %d]"
                            .formatted(x.shape(), size));
        }
        if (position + x.size(1) > longest) {
            throw new TensorException(
                    "LearnedPositions: %d steps were read and %d more are too many for the %d that"
                                    .formatted(position, x.size(1), longest)
                            + " the model was made for");
        }
        return x.add(weight.value().narrow(0, position, x.size(1)));
    }

    @Override
    public String toString() {
        return "LearnedPositions(" + longest + ", " + size + ")";
    }
}
