package org.gradus.device;

import java.util.Optional;

/**
 * Convolution (cross-correlation) over 1 to 3 spatial axes and its two adjoints. Shapes: input
 * {@code [batch, channels, spatial...]}, weight {@code [filters, channels / groups, kernel...]},
 * output {@code [batch, filters, positions...]}. Each overwrites its output.
 */
public interface ConvolutionKernels extends Kernels {
    /** Computes the output; {@code bias} is {@code [filters]}. */
    void forward(
            View input, View weight, Optional<View> bias, Window window, int groups, View output);

    /** Computes the gradient of the input, which is also the transposed convolution. */
    void inputGradient(
            View outputGradient, View weight, Window window, int groups, View inputGradient);

    /** Computes the gradient of the weight. */
    void weightGradient(
            View input, View outputGradient, Window window, int groups, View weightGradient);
}
