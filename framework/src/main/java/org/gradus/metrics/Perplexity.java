package org.gradus.metrics;

import java.util.OptionalLong;

/**
 * The exponential of the mean negative log-likelihood of the expected tokens, called {@code
 * perplexity}: as many equally likely choices would be as hard. Outputs are logits, as for {@link
 * Accuracy} with several classes.
 */
public final class Perplexity extends TokenSurprise {
    /** Makes a metric that counts every token. */
    public Perplexity() {
        this(OptionalLong.empty());
    }

    private Perplexity(OptionalLong ignored) {
        super("perplexity", ignored);
    }

    /** Returns a metric that leaves out targets of one value, such as that of padding. */
    public static Perplexity ignoring(long label) {
        return new Perplexity(OptionalLong.of(label));
    }

    @Override
    public double value() {
        return Math.exp(mean());
    }
}
