package org.gradus.metrics;

import java.util.OptionalLong;
import org.gradus.dtype.DType;
import org.gradus.tensor.Tensor;

/**
 * The mean negative log-likelihood of the expected tokens, in nats, said in other units. Outputs
 * are logits, as for {@link Accuracy} with several classes.
 */
abstract sealed class TokenSurprise extends MeanMetric permits Perplexity, BitsPerCharacter {
    private final OptionalLong ignored;

    TokenSurprise(String name, OptionalLong ignored) {
        super(name);
        this.ignored = ignored;
    }

    @Override
    void measure(Tensor output, Tensor target) {
        int axis = Labels.classAxis(name(), output, target);
        Tensor logits = Labels.rows(output, axis);
        Tensor expected = target.to(DType.I64).reshape(-1, 1);
        if (ignored.isEmpty()) {
            add(surprise(logits, expected).sum(), target.shape().elements());
        } else {
            Tensor counted = expected.ne(ignored.getAsLong());
            // Ignored labels may be no classes at all, as -100 is: they must not be looked up.
            Tensor safe = counted.where(expected, 0);
            Tensor surprise = surprise(logits, safe);
            add(counted.where(surprise, 0).sum(), counted.to(DType.I64).sum());
        }
    }

    /** Returns the negative log-likelihood of each label {@code [n, 1]}, in nats. */
    static Tensor surprise(Tensor logits, Tensor expected) {
        return logits.logSumExpKeeping(1).sub(logits.gather(1, expected));
    }

    @Override
    public final boolean higherIsBetter() {
        return false;
    }
}
