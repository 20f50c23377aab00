package org.gradus.metrics;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autograd;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * Counts how often each class was taken for each, called {@code confusion}; the value is the share
 * on the diagonal. Outputs and targets are as for {@link Accuracy}; class indices must be below the
 * number of classes.
 */
public final class ConfusionMatrix implements Metric {
    private final int classes;
    private final Tally counts;

    /**
     * Makes an empty matrix.
     *
     * @param classes the number of classes, at least 2
     * @throws IllegalArgumentException if there are fewer
     */
    public ConfusionMatrix(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException(
                    "a confusion matrix needs 2 classes or more, not " + classes);
        }
        this.classes = classes;
        this.counts = new Tally(classes * classes);
    }

    /** Returns the number of classes. */
    public int classes() {
        return classes;
    }

    /** Returns the counts: a row for each class expected, a column for each predicted. */
    public long[][] counts() {
        double[] sums = counts.sums();
        long[][] result = new long[classes][classes];
        for (int i = 0; i < sums.length; i++) {
            result[i / classes][i % classes] = (long) sums[i];
        }
        return result;
    }

    @Override
    public String name() {
        return "confusion";
    }

    @Override
    public void update(Tensor output, Tensor target) {
        try (var _ = Scope.open()) {
            Autograd.withoutGradients(() -> count(output.detach(), target));
        }
    }

    private void count(Tensor output, Tensor target) {
        int given = Labels.classes(name(), output, target);
        if (given != classes) {
            throw new TensorException(
                    "an output of shape "
                            + output.shape()
                            + " tells "
                            + given
                            + " classes apart, but "
                            + classes
                            + " are counted: make the metric for "
                            + given);
        }
        Tensor predicted = Labels.predicted(name(), output, target);
        Tensor cells = target.to(DType.I64).mul(classes).add(predicted).flatten();
        // F32 counts a batch exactly, up to 2^24 samples, and every device adds it
        Tensor ones = Tensor.ones(output.device(), DType.F32, cells.shape());
        counts.add(ones.scatterInto(Shape.of(classes * classes), 0, cells));
    }

    @Override
    public double value() {
        long right = 0;
        long all = 0;
        long[][] matrix = counts();
        for (int i = 0; i < classes; i++) {
            right += matrix[i][i];
            for (int j = 0; j < classes; j++) {
                all += matrix[i][j];
            }
        }
        return (double) right / all;
    }

    @Override
    public void reset() {
        counts.clear();
    }

    @Override
    public double[] state() {
        return counts.sums();
    }

    @Override
    public void restore(double[] state) {
        States.requireSize(name(), state, classes * classes);
        counts.set(state);
    }
}
