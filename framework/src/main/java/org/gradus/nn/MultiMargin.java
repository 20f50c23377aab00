package org.gradus.nn;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.Autocast;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The hinge loss of several classes: for each sample the sum, over all classes but the right one,
 * of {@code max(0, margin - score of the right one + score)^power}, divided by the number of
 * classes, as PyTorch's {@code multi_margin_loss}.
 *
 * @param margin by how much the right class must win
 * @param power 1 or 2
 * @param reduction what is made of the losses of the samples
 */
public record MultiMargin(double margin, int power, Reduction reduction) implements Loss {
    static final MultiMargin DEFAULT = new MultiMargin(1, 1, Reduction.MEAN);

    /** Checks the settings. */
    public MultiMargin {
        if (power != 1 && power != 2) {
            throw new IllegalArgumentException(
                    "multiMargin: the power is " + power + "; it must be 1 or 2");
        }
    }

    /** Returns this loss with another margin. */
    public MultiMargin withMargin(double value) {
        return new MultiMargin(value, power, reduction);
    }

    /** Returns this loss with each hinge squared. */
    public MultiMargin squared() {
        return new MultiMargin(margin, 2, reduction);
    }

    /** Returns this loss with another reduction. */
    public MultiMargin withReduction(Reduction other) {
        return new MultiMargin(margin, power, other);
    }

    /**
     * Returns the loss.
     *
     * @param output scores {@code [batch, classes]}
     * @param target labels {@code [batch]} of an integer type
     * @throws TensorException if the shapes do not fit
     */
    @Override
    public Tensor of(Tensor output, Tensor target) {
        boolean fits = output.rank() == 2 && target.shape().equals(Shape.of(output.size(0)));
        if (!fits || target.dtype().isFloating()) {
            throw new TensorException(
                    ("multiMargin: an output of shape %s and a target of %s%s do not fit; give"
                                    + " scores [batch, classes] and labels [batch]")
                            .formatted(output.shape(), target.dtype(), target.shape()));
        }
        return Scope.compute(
                () -> {
                    Tensor labels = target.to(DType.I64).unsqueeze(1);
                    Tensor classes =
                            Tensor.arange(output.device(), DType.I64, 0, output.size(1), 1);
                    Tensor scores = Autocast.high(output);
                    Tensor hinges = scores.sub(scores.gather(1, labels)).add(margin).relu();
                    hinges = power == 2 ? hinges.square() : hinges;
                    Tensor others = labels.eq(classes).where(0, hinges);
                    return reduction.of(others.mean(1));
                });
    }
}
