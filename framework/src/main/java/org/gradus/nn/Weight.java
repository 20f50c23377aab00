package org.gradus.nn;

import org.gradus.device.Device;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;

/** The weight of a layer: a parameter as it is, or one that is spectrally normalized first. */
final class Weight {
    /** The least norm that is divided by; PyTorch's. */
    private static final double EPSILON = 1e-12;

    private static final Initializer UNIFORM = Initializer.kaimingUniform(Math.sqrt(5));

    private final Module layer;
    private final Parameter parameter;
    private final int outputs;
    private final State left;
    private final State right;

    private Weight(Module layer, Parameter parameter, int outputs, State left, State right) {
        this.layer = layer;
        this.parameter = parameter;
        this.outputs = outputs;
        this.left = left;
        this.right = right;
    }

    /** Registers {@code weight}. */
    static Weight plain(Module layer, Shape shape) {
        return new Weight(layer, layer.parameter("weight", shape, UNIFORM), 0, null, null);
    }

    /**
     * Registers {@code weight_orig}, {@code weight_u} and {@code weight_v}, under the names of
     * PyTorch's {@code torch.nn.utils.spectral_norm}.
     *
     * @param outputs the axis that counts as the rows of a matrix; the others are its columns
     */
    static Weight spectral(Module layer, Shape shape, int outputs) {
        Parameter parameter = layer.parameter("weight_orig", shape, UNIFORM);
        int rows = shape.size(outputs);
        int columns = Math.toIntExact(shape.elements() / rows);
        return new Weight(
                layer,
                parameter,
                outputs,
                layer.buffer("weight_u", Shape.of(rows), DType.F32, Weight::unitVector),
                layer.buffer("weight_v", Shape.of(columns), DType.F32, Weight::unitVector));
    }

    private static Tensor unitVector(Shape shape, Generator generator, Device device) {
        return normalized(generator.normal(device, shape));
    }

    private static Tensor normalized(Tensor vector) {
        return vector.div(vector.norm().clamp(EPSILON, Double.POSITIVE_INFINITY));
    }

    /** Returns what is learned. */
    Parameter parameter() {
        return parameter;
    }

    boolean isSpectral() {
        return left != null;
    }

    /** Returns what the layer computes with; in training mode singular vectors are improved. */
    Tensor value() {
        Tensor weight = parameter.value();
        if (!isSpectral()) {
            return weight;
        }
        Tensor rows = outputs == 0 ? weight : weight.transpose(0, outputs);
        Tensor matrix = rows.flatten(1, -1);
        // copies: the states change with the next forward pass, perhaps before the backward pass
        Tensor u = left.value().copy();
        Tensor v = right.value().copy();
        if (layer.isTraining()) {
            Tensor known = u;
            Tensor constant = matrix.detach();
            v = Autograd.withoutGradients(() -> normalized(product(constant.mT(), known)));
            Tensor improved = v;
            u = Autograd.withoutGradients(() -> normalized(product(constant, improved)));
            left.set(u);
            right.set(v);
        }
        Tensor norm = u.mul(product(matrix, v)).sum();
        return weight.div(norm);
    }

    private static Tensor product(Tensor matrix, Tensor vector) {
        return matrix.matmul(vector.unsqueeze(1)).squeeze(1);
    }
}
