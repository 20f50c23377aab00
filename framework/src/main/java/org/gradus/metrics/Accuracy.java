package org.gradus.metrics;

import java.util.OptionalLong;
import org.gradus.dtype.DType;
import org.gradus.tensor.Tensor;

/**
 * The share of samples whose class is predicted right, called {@code accuracy}.
 *
 * <p>Outputs are scores {@code [batch, classes, ...]} or {@code [batch, ..., classes]} with class
 * indices {@code [batch, ...]} as targets; or, for two classes, logits in the targets' shape, where
 * above 0 means class 1.
 */
public final class Accuracy extends MeanMetric {
    private final OptionalLong ignored;
    private final boolean mixed;

    /** Makes a metric that counts every sample. */
    public Accuracy() {
        this(OptionalLong.empty(), false);
    }

    private Accuracy(OptionalLong ignored, boolean mixed) {
        super("accuracy");
        this.ignored = ignored;
        this.mixed = mixed;
    }

    /** Returns a metric that leaves out targets of one value, such as that of padding. */
    public static Accuracy ignoring(long label) {
        return new Accuracy(OptionalLong.of(label), false);
    }

    /**
     * Returns a metric that also takes targets that are probabilities {@code [batch, classes]}, as
     * mixed samples have them: the most probable class counts. Class indices count as always.
     */
    public static Accuracy ofMixedTargets() {
        return new Accuracy(OptionalLong.empty(), true);
    }

    @Override
    void measure(Tensor output, Tensor given) {
        boolean soft = mixed && given.dtype().isFloating() && given.rank() == 2;
        Tensor target = soft ? given.argmax(1) : given;
        Tensor hits = Labels.predicted(name(), output, target).eq(target);
        if (ignored.isEmpty()) {
            add(hits.to(DType.I64).sum(), target.shape().elements());
        } else {
            Tensor counted = target.ne(ignored.getAsLong());
            add(hits.and(counted).to(DType.I64).sum(), counted.to(DType.I64).sum());
        }
    }
}
