package org.gradus.nn;

import java.util.List;
import java.util.OptionalLong;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Cross-entropy of logits and targets, as PyTorch's {@code cross_entropy}.
 *
 * <p>The output is {@code [batch, classes]} or {@code [batch, classes, ...]}. Targets are labels
 * {@code [batch, ...]} of an integer type, each at least 0 and below the number of classes; or
 * probabilities of the shape of the output.
 *
 * @param classWeights how much each class counts; empty for all alike
 * @param labelSmoothing how much of the probability is spread over all classes, 0 to 1
 * @param ignoredLabel the label of elements that do not count
 * @param logProbabilities whether outputs are log-probabilities already rather than logits
 * @param reduction the mean is weighted by the classes' weights
 */
public record CrossEntropy(
        List<Double> classWeights,
        double labelSmoothing,
        OptionalLong ignoredLabel,
        boolean logProbabilities,
        Reduction reduction)
        implements Loss {
    static final CrossEntropy DEFAULT =
            new CrossEntropy(List.of(), 0, OptionalLong.empty(), false, Reduction.MEAN);

    /** Checks the settings. */
    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException(
                    "crossEntropy: the label smoothing "
                            + labelSmoothing
                            + " is not between 0 and 1");
        }
        classWeights = List.copyOf(classWeights);
    }

    /** Returns this loss with a weight for each class. */
    public CrossEntropy withClassWeights(List<Double> weights) {
        return new CrossEntropy(weights, labelSmoothing, ignoredLabel, logProbabilities, reduction);
    }

    /**
     * Returns this loss with targets mixed with the uniform distribution (Szegedy et al., 2016).
     */
    public CrossEntropy withLabelSmoothing(double smoothing) {
        return new CrossEntropy(classWeights, smoothing, ignoredLabel, logProbabilities, reduction);
    }

    /** Returns this loss with elements of a label left out, of padding for example. */
    public CrossEntropy withIgnoredLabel(long label) {
        return new CrossEntropy(
                classWeights, labelSmoothing, OptionalLong.of(label), logProbabilities, reduction);
    }

    /** Returns this loss with another reduction. */
    public CrossEntropy withReduction(Reduction other) {
        return new CrossEntropy(
                classWeights, labelSmoothing, ignoredLabel, logProbabilities, other);
    }

    CrossEntropy ofLogProbabilities() {
        return new CrossEntropy(classWeights, labelSmoothing, ignoredLabel, true, reduction);
    }

    /**
     * Returns the loss.
     *
     * @throws TensorException if the target is neither labels nor probabilities for the output
     */
    @Override
    public Tensor of(Tensor output, Tensor target) {
        return Scope.compute(() -> compute(Autocast.high(output), target));
    }

    private Tensor compute(Tensor output, Tensor target) {
        if (output.rank() < 2) {
            throw new TensorException(
                    "crossEntropy: an output of shape "
                            + output.shape()
                            + " is not [batch, classes, ...]");
        }
        if (!classWeights.isEmpty() && classWeights.size() != output.size(1)) {
            throw new TensorException(
                    "crossEntropy: there are %d class weights for the classes of an output %s"
                            .formatted(classWeights.size(), output.shape()));
        }
        if (target.dtype().isFloating()) {
            return ofProbabilities(output, target);
        }
        Shape expected = output.shape().without(1);
        if (!target.shape().equals(expected)) {
            throw new TensorException(
                    "crossEntropy: logits of shape %s need labels of shape %s, not %s"
                            .formatted(output.shape(), expected, target.shape()));
        }
        Tensor labels = target.to(DType.I64).flatten();
        boolean plain =
                classWeights.isEmpty()
                        && labelSmoothing == 0
                        && ignoredLabel.isEmpty()
                        && !logProbabilities;
        if (plain) {
            return reduction.of(rows(output).crossEntropy(labels).reshape(expected));
        }
        return ofLabels(output, labels, expected);
    }

    private Tensor ofLabels(Tensor output, Tensor given, Shape expected) {
        Tensor ignored = ignoredLabel.isEmpty() ? null : given.eq(ignoredLabel.getAsLong());
        Tensor labels = ignored == null ? given : ignored.where(0, given);
        Tensor rows = rows(output);
        Tensor logs = logProbabilities ? rows : rows.logSoftmax(1);
        Tensor weights = weights(output);
        Tensor counts = weights == null ? null : weights.indexSelect(0, labels);
        if (ignored != null) {
            Tensor one =
                    counts == null ? logs.detach().narrow(1, 0, 1).onesLike().flatten() : counts;
            counts = ignored.where(0, one);
        }
        Tensor losses = logs.gather(1, labels.unsqueeze(1)).squeeze(1).neg();
        losses = counts == null ? losses : losses.mul(counts);
        if (labelSmoothing > 0) {
            Tensor spread = (weights == null ? logs : logs.mul(weights)).sum(1).neg();
            spread = ignored == null ? spread : ignored.where(0, spread);
            losses =
                    losses.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing / output.size(1)));
        }
        if (reduction == Reduction.MEAN && counts != null) {
            return losses.sum().div(counts.sum());
        }
        return reduction.of(losses.reshape(expected));
    }

    private Tensor ofProbabilities(Tensor output, Tensor target) {
        if (!target.shape().equals(output.shape())) {
            throw new TensorException(
                    "crossEntropy: logits of shape %s need probabilities of that shape, not %s"
                            .formatted(output.shape(), target.shape()));
        }
        Tensor rows = rows(output);
        Tensor logs = logProbabilities ? rows : rows.logSoftmax(1);
        Tensor smooth = rows(target).mul(1 - labelSmoothing).add(labelSmoothing / output.size(1));
        Tensor weights = weights(output);
        Tensor weighted = weights == null ? logs : logs.mul(weights);
        Tensor losses = weighted.mul(smooth).sum(1).neg();
        return reduction.of(losses.reshape(output.shape().without(1)));
    }

    /** Returns {@code [batch, classes, ...]} as {@code [rows, classes]}. */
    private static Tensor rows(Tensor output) {
        int classes = output.size(1);
        if (output.rank() == 2) {
            return output;
        }
        int[] order = new int[output.rank()];
        for (int i = 1; i < order.length - 1; i++) {
            order[i] = i + 1;
        }
        order[order.length - 1] = 1;
        return output.permute(order).reshape(-1, classes);
    }

    private Tensor weights(Tensor output) {
        if (classWeights.isEmpty()) {
            return null;
        }
        double[] values = classWeights.stream().mapToDouble(Double::doubleValue).toArray();
        HostArray array = HostArray.of(values, Shape.of(values.length));
        return Tensor.of(array, output.device()).to(output.dtype());
    }
}
