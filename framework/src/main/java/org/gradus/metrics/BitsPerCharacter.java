package org.gradus.metrics;

import java.util.OptionalLong;

/**
 * The mean negative log-likelihood of the expected characters to the base 2, called {@code
 * bits_per_character}: how many bits a perfect compressor with this model would need for each.
 * Outputs are logits, as for {@link Accuracy} with several classes.
 */
public final class BitsPerCharacter extends TokenSurprise {
    /** Makes a metric that counts every character. */
    public BitsPerCharacter() {
        this(OptionalLong.empty());
    }

    private BitsPerCharacter(OptionalLong ignored) {
        super("bits_per_character", ignored);
    }

    /** Returns a metric that leaves out targets of one value, such as that of padding. */
    public static BitsPerCharacter ignoring(long label) {
        return new BitsPerCharacter(OptionalLong.of(label));
    }

    @Override
    public double value() {
        return mean() / Math.log(2);
    }
}
