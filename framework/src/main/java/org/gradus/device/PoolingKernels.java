package org.gradus.device;

/**
 * Pooling over 1 to 3 spatial axes; input {@code [batch, channels, spatial...]}, output {@code
 * [batch, channels, positions...]}. Each overwrites its output.
 */
public interface PoolingKernels extends Kernels {
    /**
     * Takes each window's maximum (NaN if any element is NaN).
     *
     * @param indices {@code I64}, the position of each maximum (the first of equals) in its
     *     channel's flattened spatial axes
     */
    void maximum(View input, Window window, View output, View indices);

    /**
     * Takes each window's mean.
     *
     * @param countPadding whether zeros beyond the edge count in the divisor
     */
    void average(View input, Window window, boolean countPadding, View output);

    /** Spreads the gradient of an average back over the windows. */
    void averageGradient(
            View outputGradient, Window window, boolean countPadding, View inputGradient);
}
