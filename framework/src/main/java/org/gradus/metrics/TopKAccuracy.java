package org.gradus.metrics;

import org.gradus.dtype.DType;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The share of samples whose class is among the k best scored, called {@code top5_accuracy} for k =
 * 5. A class of the same score as the right one does not push it out. Outputs and targets are as
 * for {@link Accuracy}, with at least k classes.
 */
public final class TopKAccuracy extends MeanMetric {
    private final int k;

    /**
     * Makes a metric for the k best.
     *
     * @throws IllegalArgumentException if k is below 1
     */
    public TopKAccuracy(int k) {
        super("top" + k + "_accuracy");
        if (k < 1) {
            throw new IllegalArgumentException("top-k accuracy needs a k of 1 or more, not " + k);
        }
        this.k = k;
    }

    @Override
    void measure(Tensor output, Tensor target) {
        int axis = Labels.classAxis(name(), output, target);
        if (output.size(axis) < k) {
            throw new TensorException(
                    name()
                            + ": an output of shape "
                            + output.shape()
                            + " has fewer than "
                            + k
                            + " classes; lower k");
        }
        Tensor scores = Labels.rows(output, axis);
        Tensor expected = target.to(DType.I64).reshape(-1, 1);
        // Not "<=" rather than ">", so that a score of NaN is never among the best.
        Tensor better = scores.le(scores.gather(1, expected)).not().to(DType.I64).sum(1);
        add(better.lt(k).to(DType.I64).sum(), target.shape().elements());
    }
}
