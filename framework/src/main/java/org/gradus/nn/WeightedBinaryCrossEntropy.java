package org.gradus.nn;

import java.util.List;
import org.gradus.expr.Expr;
import org.gradus.expr.PointwiseFunction;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Cross-entropy of logits and probabilities of yes in which positive examples have a weight, as
 * PyTorch's {@code binary_cross_entropy_with_logits} with {@code pos_weight}: {@code -(w * t *
 * log(sigmoid(x)) + (1 - t) * log(1 - sigmoid(x)))}.
 *
 * @param positiveWeights one for all elements, or one for each position of the last axis
 * @param reduction what is made of the losses of the elements
 */
public record WeightedBinaryCrossEntropy(List<Double> positiveWeights, Reduction reduction)
        implements Loss {
    private static final PointwiseFunction FUNCTION =
            PointwiseFunction.of("weightedBinaryCrossEntropy", WeightedBinaryCrossEntropy::define);

    /** Copies the weights. */
    public WeightedBinaryCrossEntropy {
        positiveWeights = List.copyOf(positiveWeights);
        if (positiveWeights.isEmpty()) {
            throw new IllegalArgumentException(
                    "weightedBinaryCrossEntropy: there is no weight; give one, or one per class");
        }
    }

    private static Expr define(Expr x, Expr t, Expr w) {
        Expr one = t.literal(1);
        Expr negative = x.lessThan(0);
        Expr decay = negative.select(x, x.negate()).exp();
        Expr softplus = negative.select(x.negate(), 0).add(decay.log1p());
        Expr scale = w.subtract(one).multiply(t).add(one);
        return one.subtract(t).multiply(x).add(scale.multiply(softplus));
    }

    /** Returns this loss with another reduction. */
    public WeightedBinaryCrossEntropy withReduction(Reduction other) {
        return new WeightedBinaryCrossEntropy(positiveWeights, other);
    }

    /**
     * Returns the loss.
     *
     * @param target of the shape of the output
     * @throws TensorException if the shapes differ, or the number of weights is not the size of the
     *     last axis
     */
    @Override
    public Tensor of(Tensor output, Tensor target) {
        int count = positiveWeights.size();
        boolean fits = count == 1 || output.rank() > 0 && output.size(-1) == count;
        if (!output.shape().equals(target.shape()) || !fits) {
            throw new TensorException(
                    ("weightedBinaryCrossEntropy: an output of shape %s, a target of shape %s and"
                                    + " %d weights do not fit; give a target of the"
                                    + " output's shape and a weight"
                                    + " for each position of its last axis")
                            .formatted(output.shape(), target.shape(), count));
        }
        return Scope.compute(
                () -> {
                    double[] values = positiveWeights.stream().mapToDouble(w -> w).toArray();
                    HostArray array = HostArray.of(values, Shape.of(count));
                    Tensor logits = Autocast.high(output);
                    Tensor weights = Tensor.of(array, output.device()).to(logits.dtype());
                    return reduction.of(logits.map(FUNCTION, target, weights));
                });
    }
}
