package org.gradus.device;

import java.util.Optional;

/**
 * Scaled dot-product attention without a stored score matrix (Dao et al., 2022).
 *
 * <p>Shapes: query {@code [batch, heads, queries, size]}, key {@code [batch, keyHeads, keys,
 * size]}, value {@code [batch, keyHeads, keys, valueSize]}, where {@code heads} is a multiple of
 * {@code keyHeads}: head {@code h} attends to key head {@code h / (heads / keyHeads)}. Views may
 * have any strides, but the last axis is contiguous. Each method overwrites its outputs.
 */
public interface AttentionKernels extends Kernels {
    /**
     * {@code softmax(scale * query key^T + mask) value}, row by row.
     *
     * @param mask what is added to the scores, {@code [batch, heads, queries, keys]}, any strides
     *     (broadcast ones are 0); negative infinity where a query must not see a key. A query that
     *     sees no key gets zeros
     * @param causal query {@code i} sees keys up to {@code i + keys - queries} only
     * @param output {@code [batch, heads, queries, valueSize]}
     * @param logSums {@code [batch, heads, queries]}, contiguous, of the compute type of the
     *     query's type, kept for the gradient: the logarithm of the sum of the exponentials of the
     *     scores
     */
    void forward(
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            View output,
            View logSums);

    /** Gradient of {@link #forward}; the mask has none. */
    void backward(
            View outputGradient,
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            View output,
            View logSums,
            View queryGradient,
            View keyGradient,
            View valueGradient);
}
