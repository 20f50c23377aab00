package org.gradus.nn;

import org.gradus.expr.Expr;
import org.gradus.expr.PointwiseFunction;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * A loss that compares each element of the output with its own target.
 *
 * @param function of an output and a target
 * @param reduction what is made of the losses of the elements
 */
public record ElementwiseLoss(PointwiseFunction function, Reduction reduction) implements Loss {
    static final ElementwiseLoss SQUARED_ERROR =
            of("squaredError", (x, t) -> x.subtract(t).square());

    static final ElementwiseLoss ABSOLUTE_ERROR =
            of("absoluteError", (x, t) -> x.subtract(t).abs());

    static final ElementwiseLoss BINARY_CROSS_ENTROPY_WITH_LOGITS =
            of("binaryCrossEntropyWithLogits", ElementwiseLoss::withLogits);

    static final ElementwiseLoss BINARY_CROSS_ENTROPY =
            of("binaryCrossEntropy", ElementwiseLoss::withProbabilities);

    static final ElementwiseLoss DIVERGENCE =
            of("divergence", ElementwiseLoss::divergence).withReduction(Reduction.BATCH_MEAN);

    static final ElementwiseLoss SOFT_MARGIN = of("softMargin", ElementwiseLoss::softMargin);

    /** The logarithms of probabilities are limited to this from below, as PyTorch does. */
    private static final double LEAST_LOG = -100;

    /** Added to rates before their logarithm is taken; PyTorch's. */
    private static final double LEAST_RATE = 1e-8;

    private interface Definition {
        Expr of(Expr output, Expr target);
    }

    private static ElementwiseLoss of(String name, Definition definition) {
        PointwiseFunction function =
                PointwiseFunction.of(name, 2, 0, (x, s) -> definition.of(x.get(0), x.get(1)));
        return new ElementwiseLoss(function, Reduction.MEAN);
    }

    static ElementwiseLoss huber(double delta) {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("huber: delta is " + delta + ", not positive");
        }
        return of("huber", (x, t) -> huber(x.subtract(t), delta));
    }

    static ElementwiseLoss smoothL1(double beta) {
        if (!(beta > 0)) {
            throw new IllegalArgumentException(
                    "smoothL1: beta is " + beta + ", not positive; use meanAbsoluteError for 0");
        }
        return of("smoothL1", (x, t) -> huber(x.subtract(t), beta).divide(beta));
    }

    static ElementwiseLoss hinge(double margin) {
        return of("hinge", (x, t) -> x.multiply(t).negate().add(margin).maximum(0));
    }

    static ElementwiseLoss hingeEmbedding(double margin) {
        return of("hingeEmbedding", (x, t) -> hingeEmbedding(x, t, margin));
    }

    static ElementwiseLoss poisson(boolean logarithmic) {
        return of(
                "poissonNegativeLogLikelihood",
                logarithmic
                        ? (x, t) -> x.exp().subtract(t.multiply(x))
                        : (x, t) -> x.subtract(t.multiply(x.add(LEAST_RATE).log())));
    }

    /** A target that is neither 1 nor -1 gets the sum of both terms, as in PyTorch. */
    private static Expr hingeEmbedding(Expr x, Expr t, double margin) {
        Expr similar = t.equalTo(t.literal(-1)).select(0, x);
        Expr apart = x.negate().add(margin).maximum(0);
        return similar.add(t.equalTo(t.literal(1)).select(0, apart));
    }

    /** {@code log(1 + exp(-x * t))}, which does not overflow. */
    private static Expr softMargin(Expr x, Expr t) {
        Expr score = x.multiply(t);
        Expr negative = score.lessThan(0);
        Expr decay = negative.select(score, score.negate()).exp();
        return negative.select(score.negate(), 0).add(decay.log1p());
    }

    private static Expr huber(Expr difference, double delta) {
        Expr size = difference.abs();
        Expr square = difference.square().multiply(0.5);
        Expr line = size.subtract(0.5 * delta).multiply(delta);
        return size.lessOrEqual(delta).select(square, line);
    }

    /** {@code max(x, 0) - x * t + log(1 + exp(-|x|))}, which does not overflow. */
    private static Expr withLogits(Expr x, Expr t) {
        Expr negative = x.lessThan(0);
        Expr decay = negative.select(x, x.negate()).exp();
        return negative.select(0, x).subtract(x.multiply(t)).add(decay.log1p());
    }

    private static Expr withProbabilities(Expr x, Expr t) {
        Expr yes = x.log().maximum(LEAST_LOG);
        Expr no = x.negate().log1p().maximum(LEAST_LOG);
        return t.multiply(yes).add(t.literal(1).subtract(t).multiply(no)).negate();
    }

    private static Expr divergence(Expr x, Expr t) {
        Expr positive = t.greaterThan(0);
        Expr log = positive.select(t, 1).log();
        return positive.select(t.multiply(log.subtract(x)), 0);
    }

    /** Returns this loss with another reduction. */
    public ElementwiseLoss withReduction(Reduction other) {
        return new ElementwiseLoss(function, other);
    }

    /**
     * Returns the loss.
     *
     * @param target of the shape of the output
     * @throws TensorException if the shapes differ: they are not broadcast, since that hides
     *     mistakes
     */
    @Override
    public Tensor of(Tensor output, Tensor target) {
        if (!output.shape().equals(target.shape())) {
            throw new TensorException(
                    "%s: an output of shape %s and a target of shape %s differ; reshape one of them"
                            .formatted(function.name(), output.shape(), target.shape()));
        }
        return reduction.of(Autocast.high(output).map(function, target));
    }
}
