package org.gradus.nn;

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
}
