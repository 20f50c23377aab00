package org.gradus.nn;

import java.util.List;
import org.gradus.tensor.Tensor;

/**
 * How far a network's output is from its target. Those here return the mean over all elements, and
 * have methods that return a variant, as in {@code Loss.crossEntropy().withLabelSmoothing(0.1)}.
 */
@FunctionalInterface
public interface Loss {
    /** Returns the loss, a scalar for most. */
    Tensor of(Tensor output, Tensor target);

    /** Returns the cross-entropy of logits {@code [batch, classes, ...]} and class labels. */
    static CrossEntropy crossEntropy() {
        return CrossEntropy.DEFAULT;
    }

    /**
     * Returns the negative log-likelihood: cross-entropy for outputs that are log-probabilities
     * already.
     */
    static CrossEntropy negativeLogLikelihood() {
        return CrossEntropy.DEFAULT.ofLogProbabilities();
    }

    /** Returns the cross-entropy of logits and probabilities of yes, for each element. */
    static ElementwiseLoss binaryCrossEntropyWithLogits() {
        return ElementwiseLoss.BINARY_CROSS_ENTROPY_WITH_LOGITS;
    }

    /**
     * Returns {@link #binaryCrossEntropyWithLogits()} with a weight of the positive examples: above
     * 1 it raises the recall, below 1 the precision.
     *
     * @param positiveWeights one for all elements, or one for each position of the last axis
     */
    static WeightedBinaryCrossEntropy binaryCrossEntropyWithLogits(List<Double> positiveWeights) {
        return new WeightedBinaryCrossEntropy(positiveWeights, Reduction.MEAN);
    }

    /**
     * Returns the cross-entropy of probabilities and probabilities of yes, for each element. The
     * one with logits is more accurate.
     */
    static ElementwiseLoss binaryCrossEntropy() {
        return ElementwiseLoss.BINARY_CROSS_ENTROPY;
    }

    /** Returns the mean squared error. */
    static ElementwiseLoss meanSquaredError() {
        return ElementwiseLoss.SQUARED_ERROR;
    }

    /** Returns the mean absolute error. */
    static ElementwiseLoss meanAbsoluteError() {
        return ElementwiseLoss.ABSOLUTE_ERROR;
    }

    /**
     * Returns the loss that is {@code d^2 / 2} for a difference d of at most {@code delta} and
     * {@code delta * (|d| - delta / 2)} beyond (Huber, 1964).
     */
    static ElementwiseLoss huber(double delta) {
        return ElementwiseLoss.huber(delta);
    }

    /** Returns {@link #huber} divided by {@code beta}: the slope beyond it is 1. */
    static ElementwiseLoss smoothL1(double beta) {
        return ElementwiseLoss.smoothL1(beta);
    }

    /**
     * Returns the Kullback-Leibler divergence of log-probabilities (the output) from probabilities
     * (the target), summed over all but the batch and averaged over the batch.
     */
    static ElementwiseLoss divergence() {
        return ElementwiseLoss.DIVERGENCE;
    }

    /**
     * Returns the hinge loss {@code max(0, 1 - x * t)} of scores and targets of -1 and 1: what
     * support vector machines and the discriminators of some GANs minimize.
     */
    static ElementwiseLoss hinge() {
        return ElementwiseLoss.hinge(1);
    }

    /** Returns {@code log(1 + exp(-x * t))} of scores and targets of -1 and 1. */
    static ElementwiseLoss softMargin() {
        return ElementwiseLoss.SOFT_MARGIN;
    }

    /**
     * Returns the loss of distances that is x for a target of 1 (similar) and {@code max(0, margin
     * - x)} for -1.
     */
    static ElementwiseLoss hingeEmbedding(double margin) {
        return ElementwiseLoss.hingeEmbedding(margin);
    }

    /** Returns the hinge loss of scores {@code [batch, classes]} and class labels; margin 1. */
    static MultiMargin multiMargin() {
        return MultiMargin.DEFAULT;
    }

    /**
     * Returns the negative log-likelihood of counts under Poisson distributions with the rate
     * {@code exp(x)}, without the term that depends on the count only.
     */
    static ElementwiseLoss poissonNegativeLogLikelihood() {
        return ElementwiseLoss.poisson(true);
    }

    /** Returns {@link #poissonNegativeLogLikelihood} for outputs that are the rates themselves. */
    static ElementwiseLoss poissonNegativeLogLikelihoodOfRates() {
        return ElementwiseLoss.poisson(false);
    }

    /**
     * Returns the negative log-likelihood under normal distributions, whose means are the first
     * half of the output's second axis and whose variances are the other half.
     */
    static GaussianNegativeLogLikelihood gaussianNegativeLogLikelihood() {
        return GaussianNegativeLogLikelihood.DEFAULT;
    }

    /**
     * Returns the loss of connectionist temporal classification (Graves et al., 2006): sequences of
     * labels whose places in time are not known.
     */
    static CtcLoss ctc() {
        return CtcLoss.DEFAULT;
    }
}
