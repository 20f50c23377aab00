package org.gradus.nn;

import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * {@code y[o] = first^T weight[o] second + bias[o]}: {@code [batch, in1]} and {@code [batch, in2]}
 * to {@code [batch, out]}. Parameters: {@code weight [out, in1, in2]} and {@code bias [out]}, both
 * uniform with the bound {@code 1 / sqrt(in1)} at first.
 */
public final class Bilinear extends Module {
    private final Parameter weight;
    private final Parameter bias;

    /** Creates the module. */
    public Bilinear(int in1, int in2, int out) {
        Arguments.positive("Bilinear", "in1", in1);
        Arguments.positive("Bilinear", "in2", in2);
        Arguments.positive("Bilinear", "out", out);
        Initializer uniform = Initializer.uniform(1 / Math.sqrt(in1));
        weight = parameter("weight", Shape.of(out, in1, in2), uniform);
        bias = parameter("bias", Shape.of(out), uniform);
    }

    /**
     * Returns the output for two inputs.
     *
     * @throws TensorException if they do not fit
     */
    public Tensor apply(Tensor first, Tensor second) {
        ensureInitialized(first::device);
        return within(
                () -> {
                    boolean fits = first.rank() == 2 && second.rank() == 2;
                    fits = fits && first.size(0) == second.size(0);
                    fits = fits && first.size(1) == weight.shape().size(1);
                    if (!fits || second.size(1) != weight.shape().size(2)) {
                        throw new TensorException(
                                "bilinear: inputs of shapes %s and %s do not fit a weight %s"
                                        .formatted(first.shape(), second.shape(), weight.shape()));
                    }
                    return Tensor.einsum("bi,oij,bj->bo", first, weight.value(), second)
                            .add(bias.value());
                });
    }
}
