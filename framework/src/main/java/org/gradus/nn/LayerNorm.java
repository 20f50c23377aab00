package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Layer normalization (Ba et al., 2016): the last axes get zero mean and unit variance, then are
 * scaled and shifted. Parameters, of the shape of those axes: {@code weight}, 1 at first, and
 * {@code bias}, 0 at first. Settings are made by methods that return a new layer.
 */
public final class LayerNorm extends Layer {
    private final Shape normalized;
    private final double epsilon;
    private final Parameter weight;
    private final Parameter bias;

    /** Creates a layer for last axes of the given sizes, with 1e-5 added to variances. */
    public LayerNorm(int... sizes) {
        this(Shape.of(sizes), 1e-5, true, true);
        if (sizes.length == 0) {
            throw new IllegalArgumentException("LayerNorm: name the size of at least one axis");
        }
    }

    private LayerNorm(Shape normalized, double epsilon, boolean hasWeight, boolean hasBias) {
        this.normalized = normalized;
        this.epsilon = epsilon;
        weight = hasWeight ? parameter("weight", normalized, Initializer.ones()) : null;
        bias = hasBias ? parameter("bias", normalized, Initializer.zeros()) : null;
    }

    /** Returns a layer like this one with another number added to variances. */
    public LayerNorm epsilon(double value) {
        requireUnused();
        return new LayerNorm(normalized, value, weight != null, bias != null);
    }

    /** Returns a layer like this one without a bias. */
    public LayerNorm withoutBias() {
        requireUnused();
        return new LayerNorm(normalized, epsilon, weight != null, false);
    }

    /** Returns a layer like this one without weight and bias. */
    public LayerNorm withoutAffine() {
        requireUnused();
        return new LayerNorm(normalized, epsilon, false, false);
    }

    @Override
    protected Tensor forward(Tensor x) {
        int axes = normalized.rank();
        if (x.rank() < axes || !x.shape().last(axes).equals(normalized)) {
            throw new TensorException(
                    "layerNorm: the last axes of an input of shape %s are not %s"
                            .formatted(x.shape(), normalized));
        }
        return x.layerNorm(
                axes,
                weight == null ? null : weight.value(),
                bias == null ? null : bias.value(),
                epsilon);
    }

    @Override
    public String toString() {
        return "LayerNorm" + normalized;
    }
}
