package org.gradus.device;

import java.util.Optional;

/**
 * Normalization by mean and variance, or by the mean square. The input is seen as {@code [outer,
 * groups, inner]}:
 *
 * <ul>
 *   <li>by {@code batch}: each of {@code groups} (the channels) is normalized over outer and inner;
 *       weight and bias are {@code [groups]}; mean and inverse deviation are {@code [groups]};
 *   <li>by {@code layer}: each of {@code outer} rows is normalized over {@code inner} ({@code
 *       groups} is 1); weight and bias are {@code [inner]}; mean and inverse deviation are {@code
 *       [outer]}.
 * </ul>
 *
 * Variance is the biased one. Statistics have the compute type of the input's type, all other views
 * that type itself. All views are contiguous. Each method overwrites its outputs.
 */
public interface NormalizationKernels extends Kernels {
    /**
     * Normalizes channels of {@code [outer, groups, inner]}; computes the statistics on the way.
     *
     * @param mean {@code [groups]}, output
     * @param inverseDeviation {@code [groups]}, output: {@code 1 / sqrt(variance + epsilon)}
     */
    void batch(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation);

    /** Gradient of {@link #batch}; weight and bias gradients are {@code [groups]}. */
    void batchGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient);

    /** Normalizes rows of {@code [outer, inner]}. */
    void layer(
            View input,
            Optional<View> weight,
            Optional<View> bias,
            double epsilon,
            View output,
            View mean,
            View inverseDeviation);

    /** Gradient of {@link #layer}; weight and bias gradients are {@code [inner]}. */
    void layerGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View mean,
            View inverseDeviation,
            View inputGradient,
            View weightGradient,
            View biasGradient);

    /**
     * Divides rows of {@code [outer, inner]} by the root of their mean square (Zhang and Sennrich,
     * 2019).
     *
     * @param weight {@code [inner]}
     * @param inverseRoot {@code [outer]}, output: {@code 1 / sqrt(mean(x²) + epsilon)}
     */
    void rms(View input, Optional<View> weight, double epsilon, View output, View inverseRoot);

    /** Gradient of {@link #rms}; the weight gradient is {@code [inner]}. */
    void rmsGradient(
            View outputGradient,
            View input,
            Optional<View> weight,
            View inverseRoot,
            View inputGradient,
            View weightGradient);
}
