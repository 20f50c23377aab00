package org.gradus.tensor;

import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Sequences whose labels have no places in time. */
public sealed interface Alignments permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /**
     * Returns the negative log-likelihoods of sequences of labels by connectionist temporal
     * classification (Graves et al., 2006): the sum over all ways to place them in time, with
     * blanks between. This tensor is log-probabilities, {@code [times, batch, classes]}.
     *
     * @param labels {@code I64}, {@code [batch, length]}; those that count are classes
     * @param times how many of the times count, {@code I64}, {@code [batch]}
     * @param lengths how many of the labels count, {@code I64}, {@code [batch]}
     * @param blank the class that means no label
     * @return {@code [batch]}; infinite where a target is impossible, with a gradient of 0, and 0
     *     where neither times nor labels count; of 16-bit log-probabilities in {@code F32}
     * @throws TensorException if the operands do not fit
     */
    default Tensor ctc(Tensor labels, Tensor times, Tensor lengths, int blank) {
        Tensor logs = Autocast.high(self().floating("ctc"));
        if (logs.rank() != 3 || blank < 0 || blank >= logs.size(2)) {
            throw new TensorException(
                    "ctc: log-probabilities of shape %s are not [times, batch, classes] with a class %d"
                            .formatted(logs.shape(), blank));
        }
        Shape batch = Shape.of(logs.size(1));
        boolean fits = labels.rank() == 2 && labels.size(0) == logs.size(1);
        if (!fits || !times.shape().equals(batch) || !lengths.shape().equals(batch)) {
            throw new TensorException(
                    ("ctc: labels of shape %s and lengths of shapes %s and %s do not fit"
                                    + " log-probabilities of shape %s")
                            .formatted(
                                    labels.shape(), times.shape(), lengths.shape(), logs.shape()));
        }
        for (Tensor operand : new Tensor[] {labels, times, lengths}) {
            Pointwise.checkDevice("ctc", logs, operand);
            if (operand.dtype() != DType.I64) {
                throw new TensorException(
                        "ctc: labels and lengths are i64, not "
                                + operand.dtype()
                                + "; convert them with to(DType.I64)");
            }
        }
        return Scope.compute(
                () ->
                        CustomFunction.apply(
                                new CtcFunction(blank),
                                logs.to(logs.dtype().computeType()).contiguous(),
                                labels.contiguous(),
                                times.contiguous(),
                                lengths.contiguous()));
    }
}
