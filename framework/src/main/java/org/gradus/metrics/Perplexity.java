package org.gradus.metrics;

import java.util.OptionalLong;
import org.gradus.dtype.DType;
import org.gradus.tensor.Tensor;

/**
 * The exponential of the mean negative log-likelihood of the expected tokens, called {@code
 * perplexity}: as many equally likely choices would be as hard. Outputs are logits, as for {@link
 * Accuracy} with several classes.
 */
public final class Perplexity extends MeanMetric {
    private final OptionalLong ignored;

    /** Makes a metric that counts every token. */
    public Perplexity() {
        this(OptionalLong.empty());
    }

    private Perplexity(OptionalLong ignored) {
        super("perplexity");
        this.ignored = ignored;
    }

    /** Returns a metric that leaves out targets of one value, such as that of padding. */
    public static Perplexity ignoring(long label) {
        return new Perplexity(OptionalLong.of(label));
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

    private static Tensor surprise(Tensor logits, Tensor expected) {
        return logits.logSumExpKeeping(1).sub(logits.gather(1, expected));
    }

    @Override
    public double value() {
        return Math.exp(mean());
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }
}
