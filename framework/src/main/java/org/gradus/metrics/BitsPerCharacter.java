package org.gradus.metrics;

import java.util.Arrays;
import java.util.OptionalLong;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;
import org.gradus.tensor.TensorException;

/**
 * The mean negative log-likelihood of the expected characters to the base 2, called {@code
 * bits_per_character}: how many bits a perfect compressor with this model would need for each.
 * Outputs are logits, as for {@link Accuracy} with several classes.
 *
 * <p>With {@link #ofTokens}, models are compared by it whatever their tokens are.
 */
public final class BitsPerCharacter extends TokenSurprise {
    /** The number of characters of each token; empty where each token is one. */
    private final long[] characters;

    /** Makes a metric that counts every character. */
    public BitsPerCharacter() {
        this(OptionalLong.empty(), new long[0]);
    }

    private BitsPerCharacter(OptionalLong ignored, long... characters) {
        super("bits_per_character", ignored);
        this.characters = characters;
    }

    /**
     * Returns a metric of tokens that are more or less than a character each: the bits for the
     * expected tokens, divided by the number of their characters.
     *
     * @param characters the number of characters of each token, as {@link
     *     org.gradus.data.text.Tokenizer#characters} has them
     */
    public static BitsPerCharacter ofTokens(int... characters) {
        return new BitsPerCharacter(
                OptionalLong.empty(), Arrays.stream(characters).asLongStream().toArray());
    }

    /** Returns a metric that leaves out targets of one value, such as that of padding. */
    public static BitsPerCharacter ignoring(long label) {
        return new BitsPerCharacter(OptionalLong.of(label), new long[0]);
    }

    @Override
    void measure(Tensor output, Tensor target) {
        if (characters.length == 0) {
            super.measure(output, target);
            return;
        }
        Tensor logits = Labels.rows(output, Labels.classAxis(name(), output, target));
        if (logits.size(1) != characters.length) {
            throw new TensorException(
                    "%s: an output of shape %s is not of the %d tokens whose characters are known"
                            .formatted(name(), output.shape(), characters.length));
        }
        Tensor expected = target.to(DType.I64).reshape(-1, 1);
        Tensor known =
                Tensor.of(HostArray.of(characters, Shape.of(characters.length)), target.device());
        add(surprise(logits, expected).sum(), known.indexSelect(0, expected.flatten()).sum());
    }

    @Override
    public double value() {
        return mean() / Math.log(2);
    }
}
