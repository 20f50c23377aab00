package org.gradus.tensor;

import java.util.Optional;
import java.util.OptionalDouble;
import org.gradus.shape.Shape;

/**
 * How queries attend to keys: what each may see, how scores are scaled, and which weights are
 * dropped.
 *
 * <pre>{@code
 * query.attention(key, value, AttentionOptions.DEFAULT.withCausal().withScale(0.125));
 * }</pre>
 *
 * @param mask broadcasts to {@code [batch, heads, queries, keys]}: of {@code BOOL}, true where a
 *     query may see a key; or of a floating type, added to the scores, negative infinity where it
 *     must not
 * @param causal whether query {@code i} sees keys up to {@code i + keys - queries} only: the last
 *     query sees all keys, as it should when the keys before are remembered
 * @param scale what scores are multiplied by; {@code 1 / sqrt(size)} if empty
 * @param dropout which weights are set to 0; none if empty. It takes the plain definition, so that
 *     scores are stored
 */
public record AttentionOptions(
        Optional<Tensor> mask, boolean causal, OptionalDouble scale, Optional<Dropout> dropout) {
    /** All queries see all keys, scores are scaled by {@code 1 / sqrt(size)}, none is dropped. */
    public static final AttentionOptions DEFAULT =
            new AttentionOptions(Optional.empty(), false, OptionalDouble.empty(), Optional.empty());

    /**
     * Attention weights that are set to 0 (Vaswani et al., 2017).
     *
     * @param probability of each weight to be 0
     * @param generator draws them
     */
    public record Dropout(double probability, Generator generator) {}

    /** Returns these options with a mask; null takes it away. */
    public AttentionOptions withMask(Tensor mask) {
        return new AttentionOptions(Optional.ofNullable(mask), causal, scale, dropout);
    }

    /** Returns these options with queries that see no later keys. */
    public AttentionOptions withCausal() {
        return new AttentionOptions(mask, true, scale, dropout);
    }

    /** Returns these options with a factor of the scores. */
    public AttentionOptions withScale(double scale) {
        return new AttentionOptions(mask, causal, OptionalDouble.of(scale), dropout);
    }

    /** Returns these options with weights dropped at random. */
    public AttentionOptions withDropout(double probability, Generator generator) {
        return new AttentionOptions(
                mask, causal, scale, Optional.of(new Dropout(probability, generator)));
    }

    double scaleFor(int size) {
        return scale.orElse(1 / Math.sqrt(size));
    }

    /** The mask as what is added to scores of a type; null if there is none. */
    Tensor bias(Tensor like) {
        if (mask.isEmpty()) {
            return null;
        }
        Tensor given = mask.get();
        if (given.dtype().isFloating()) {
            return given.to(like.dtype());
        }
        Tensor hidden =
                Tensor.full(like.device(), like.dtype(), Shape.scalar(), Double.NEGATIVE_INFINITY);
        return given.where(0, hidden);
    }
}
