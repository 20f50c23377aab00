package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Root-mean-square normalization (Zhang and Sennrich, 2019): the last axis is divided by the root
 * of its mean square, then scaled. Parameter: {@code weight [size]}, 1 at first.
 */
public final class RMSNorm extends Layer {
    /** PyTorch's default: the distance from 1 to the next float. */
    private static final double DEFAULT_EPSILON = 0x1p-23;

    private final int size;
    private final double epsilon;
    private final Parameter weight;

    /** Creates a layer for a last axis of the given size. */
    public RMSNorm(int size) {
        this(size, DEFAULT_EPSILON);
    }

    /** Creates a layer with another number added to mean squares. */
    public RMSNorm(int size, double epsilon) {
        this.size = Arguments.positive("RMSNorm", "size", size);
        this.epsilon = epsilon;
        weight = parameter("weight", Shape.of(size), Initializer.ones());
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() == 0 || x.size(-1) != size) {
            throw new TensorException(
                    "rmsNorm: the last axis of an input of shape %s is not of size %d"
                            .formatted(x.shape(), size));
        }
        return x.rmsNorm(weight.value(), epsilon);
    }

    @Override
    public String toString() {
        return "RMSNorm(" + size + ")";
    }
}
