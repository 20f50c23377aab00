package org.gradus.nn;

import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The cosine of the angle between vectors along an axis, as PyTorch's {@code CosineSimilarity}.
 *
 * @param axis the axis of the vectors, which vanishes
 * @param epsilon the least length that is divided by
 */
public record CosineSimilarity(int axis, double epsilon) {
    /** Checks the settings. */
    public CosineSimilarity {
        if (!(epsilon > 0)) {
            throw new IllegalArgumentException(
                    "CosineSimilarity: epsilon is " + epsilon + "; it must be more than 0");
        }
    }

    /** Returns the similarity along an axis, with PyTorch's epsilon of 1e-8. */
    public static CosineSimilarity along(int axis) {
        return new CosineSimilarity(axis, 1e-8);
    }

    /**
     * Returns the similarities of two tensors of one shape, -1 to 1.
     *
     * @throws TensorException if their shapes differ
     */
    public Tensor of(Tensor first, Tensor second) {
        if (!first.shape().equals(second.shape())) {
            throw new TensorException(
                    "cosineSimilarity: shapes %s and %s differ; give two tensors of one shape"
                            .formatted(first.shape(), second.shape()));
        }
        return Scope.compute(
                () -> first.mul(second).sum(axis).div(length(first).mul(length(second))));
    }

    private Tensor length(Tensor x) {
        return x.norm(axis).clamp(epsilon, Double.POSITIVE_INFINITY);
    }
}
