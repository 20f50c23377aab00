package org.gradus.tensor;

import java.util.Arrays;
import java.util.List;
import org.gradus.device.AttentionKernels;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;

/** Scaled dot-product attention (Vaswani et al., 2017). */
public sealed interface Attention permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /** Like {@link #attention(Tensor, Tensor, AttentionOptions)} with all keys in sight. */
    default Tensor attention(Tensor key, Tensor value) {
        return attention(key, value, AttentionOptions.DEFAULT);
    }

    /**
     * Returns {@code softmax(scale * query key^T + mask) value}, where this is the query. A query
     * that sees no key gets zeros. On devices with a fused kernel the scores are not stored, but
     * where the mask needs a gradient, weights are dropped, or a gradient of higher order is asked
     * for.
     *
     * <p>This is {@code [batch, heads, queries, size]}.
     *
     * @param key {@code [batch, keyHeads, keys, size]}, where {@code heads} is a multiple of {@code
     *     keyHeads}: as many neighbouring heads share a key head (grouped-query attention, Ainslie
     *     et al., 2023)
     * @param value {@code [batch, keyHeads, keys, valueSize]}
     * @return {@code [batch, heads, queries, valueSize]}
     */
    default Tensor attention(Tensor key, Tensor value, AttentionOptions options) {
        Tensor query = Autocast.low(self().floating("attention"));
        checkShapes(query, key, value);
        Pointwise.checkDevice("attention", query, key);
        Pointwise.checkDevice("attention", query, value);
        Tensor k = Autocast.low(key);
        Tensor v = Autocast.low(value);
        DType type = query.dtype().promote(k.dtype()).promote(v.dtype());
        try (var _ = Scope.open()) {
            Tensor q = query.to(type);
            Tensor bias = options.bias(q);
            checkMask(q, key, bias);
            var function =
                    new AttentionFunctions.Separate(
                            options.causal(), options.scaleFor(q.size(3)), options.dropout());
            Tensor[] inputs =
                    bias == null
                            ? new Tensor[] {q, k.to(type), v.to(type)}
                            : new Tensor[] {q, k.to(type), v.to(type), bias};
            return result(function, options, bias, inputs).keep();
        }
    }

    /**
     * Returns the attention of a sequence to itself, where this holds queries, keys and values side
     * by side: {@code [batch, steps, (heads + 2 * keyHeads) * size]}, first all heads' queries,
     * then all keys, then all values. It is what {@link #attention} gives for the three parts, but
     * they and their gradients are never copied apart or together.
     *
     * @param heads of the queries, a multiple of {@code keyHeads}
     * @param keyHeads of keys and values
     * @return {@code [batch, heads, steps, size]}
     */
    default Tensor packedAttention(int heads, int keyHeads, AttentionOptions options) {
        Tensor packed = Autocast.low(self().floating("packedAttention"));
        int all = heads + 2 * keyHeads;
        Checks.require(
                heads > 0 && keyHeads > 0 && heads % keyHeads == 0,
                () ->
                        "packedAttention: %d heads are not a multiple of %d key heads"
                                .formatted(heads, keyHeads));
        Checks.require(
                packed.rank() == 3 && packed.size(2) % all == 0,
                () ->
                        ("packedAttention: a tensor of shape %s is not [batch, steps, size * %d], for"
                                        + " %d heads of queries and %d each of keys and values")
                                .formatted(packed.shape(), all, heads, keyHeads));
        try (var _ = Scope.open()) {
            Tensor parts =
                    packed.reshape(packed.size(0), packed.size(1), all, packed.size(2) / all);
            Tensor bias = options.bias(packed);
            var function =
                    new AttentionFunctions.Packed(
                            heads,
                            keyHeads,
                            new AttentionFunctions.Separate(
                                    options.causal(),
                                    options.scaleFor(parts.size(3)),
                                    options.dropout()));
            checkMask(function.query(parts), function.key(parts), bias);
            Tensor[] inputs = bias == null ? new Tensor[] {parts} : new Tensor[] {parts, bias};
            return result(function, options, bias, inputs).keep();
        }
    }

    private static Tensor result(
            CustomFunction function, AttentionOptions options, Tensor bias, Tensor[] inputs) {
        DType own = inputs[0].dtype();
        DType type = hasKernels(inputs[0], own) ? own : own.computeType();
        boolean fused =
                options.dropout().isEmpty()
                        && (bias == null || !bias.requiresGradient())
                        && hasKernels(inputs[0], type);
        for (Tensor input : inputs) {
            fused &= input.shape().elements() > 0;
        }
        if (!fused) {
            return function.plain(List.of(inputs));
        }
        Tensor[] converted = Arrays.stream(inputs).map(x -> x.to(type)).toArray(Tensor[]::new);
        return CustomFunction.apply(function, converted).to(own);
    }

    private static boolean hasKernels(Tensor x, DType type) {
        return x.device().kernels(AttentionKernels.class, type).isPresent();
    }

    private static void checkShapes(Tensor query, Tensor key, Tensor value) {
        boolean fits =
                query.rank() == 4
                        && key.rank() == 4
                        && value.rank() == 4
                        && query.size(0) == key.size(0)
                        && query.size(3) == key.size(3)
                        && key.size(0) == value.size(0)
                        && key.size(1) == value.size(1)
                        && key.size(2) == value.size(2)
                        && key.size(1) > 0
                        && query.size(1) % key.size(1) == 0;
        Checks.require(
                fits,
                () ->
                        ("attention: a query of shape %s does not fit a key of shape %s and a value"
                                        + " of shape %s; they must be [batch, heads, queries, size], [batch,"
                                        + " keyHeads, keys, size] and [batch, keyHeads, keys, valueSize],"
                                        + " heads a multiple of keyHeads")
                                .formatted(query.shape(), key.shape(), value.shape()));
    }

    private static void checkMask(Tensor query, Tensor key, Tensor bias) {
        if (bias == null) {
            return;
        }
        Pointwise.checkDevice("attention", query, bias);
        Shape scores = query.shape().with(3, key.size(2));
        Checks.require(
                bias.shape().broadcastsTo(scores),
                () ->
                        "attention: a mask of shape %s cannot be broadcast to the scores' shape %s"
                                .formatted(bias.shape(), scores));
    }
}
