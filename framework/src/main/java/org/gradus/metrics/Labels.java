package org.gradus.metrics;

import java.util.Arrays;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * How outputs and targets of a classification are read.
 *
 * <p>Outputs with one axis more than the target hold a score for each class along it: axis 1, as in
 * PyTorch's cross-entropy, or else the last. Outputs of the target's shape, or with a last axis of
 * size 1 more, are logits of two classes: above 0 means class 1. Targets are class indices.
 */
final class Labels {
    private Labels() {}

    /** Returns the predicted classes, {@code I64} in the target's shape. */
    static Tensor predicted(String metric, Tensor output, Tensor target) {
        if (isBinary(output, target)) {
            return logits(metric, output, target).gt(0).to(DType.I64);
        }
        return output.argmax(classAxis(metric, output, target));
    }

    /** Returns how many classes the output tells apart. */
    static int classes(String metric, Tensor output, Tensor target) {
        return isBinary(output, target) ? 2 : output.size(classAxis(metric, output, target));
    }

    /** Returns the axis of the classes. */
    static int classAxis(String metric, Tensor output, Tensor target) {
        if (output.rank() == target.rank() + 1 && output.rank() > 0) {
            for (int axis : new int[] {Math.min(1, output.rank() - 1), output.rank() - 1}) {
                if (output.shape().without(axis).equals(target.shape())) {
                    return axis;
                }
            }
        }
        throw mismatch(
                metric,
                output,
                target,
                "outputs [batch, classes, ...] need class indices [batch, ...]");
    }

    /** Returns the output of a binary classification in the target's shape. */
    static Tensor logits(String metric, Tensor output, Tensor target) {
        if (!isBinary(output, target)) {
            throw mismatch(metric, output, target, "the target needs the shape of the logits");
        }
        return output.reshape(target.shape());
    }

    static TensorException mismatch(String metric, Tensor output, Tensor target, String needs) {
        return new TensorException(
                metric
                        + ": an output of shape "
                        + output.shape()
                        + " does not fit a target of shape "
                        + target.shape()
                        + ": "
                        + needs);
    }

    /** Puts an axis of classes last, as many rows as there are labels: {@code [n, classes]}. */
    static Tensor rows(Tensor output, int classAxis) {
        int[] order = new int[output.rank()];
        Arrays.setAll(order, i -> i < classAxis ? i : i + 1);
        order[order.length - 1] = classAxis;
        return output.permute(order).reshape(-1, output.size(classAxis));
    }

    private static boolean isBinary(Tensor output, Tensor target) {
        Shape shape = target.shape();
        return output.shape().equals(shape) || output.shape().equals(shape.insert(shape.rank(), 1));
    }
}
