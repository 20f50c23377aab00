package org.gradus.device;

/** Softmax and what belongs to it, over the rows of contiguous {@code [rows, classes]} views. */
public interface SoftmaxKernels extends Kernels {
    /** {@code exp(x - max) / sum}. */
    void softmax(View input, View output);

    /** Gradient of {@link #softmax} from its output. */
    void softmaxGradient(View outputGradient, View output, View inputGradient);

    /** {@code x - log(sum(exp(x)))}. */
    void logSoftmax(View input, View output);

    /** Gradient of {@link #logSoftmax} from its output. */
    void logSoftmaxGradient(View outputGradient, View output, View inputGradient);

    /**
     * {@code log(sum(exp(x))) - x[label]} per row.
     *
     * @param labels {@code I64}, {@code [rows]}
     * @param losses {@code [rows]}
     * @param logSums {@code [rows]}, of the compute type of the logits' type, kept for the gradient
     */
    void crossEntropy(View logits, View labels, View losses, View logSums);

    /** {@code (softmax(x) - onehot(label)) * gradient}, gradient being {@code [rows]}. */
    void crossEntropyGradient(
            View lossGradients, View logits, View labels, View logSums, View logitsGradient);
}
