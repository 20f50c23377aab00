/* The gradient of a part of each channel, after adding the sums of all its parts in their order. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const float *gradient,
        GLOBAL const float *input,
#if HAS_WEIGHT
        GLOBAL const float *weight,
#endif
        GLOBAL const float *mean,
        GLOBAL const float *inverse,
        GLOBAL const float *sums,
        GLOBAL const float *products,
        GLOBAL float *result,
        GLOBAL float *weight_gradient,
        GLOBAL float *bias_gradient,
        const WORDS(COUNT) w) {
    WORD_NAMES
    CHANNEL_PART
    if (channel < channels) {
        float sum = 0.0f;
        float product = 0.0f;
        for (ix p = 0; p < parts; p++) {
            sum += sums[p * channels + channel];
            product += products[p * channels + channel];
        }
        if (part == 0 && LANE == 0) {
            weight_gradient[weight_gradient_at + channel] = product;
            bias_gradient[bias_gradient_at + channel] = sum;
        }
        const float count = (float)outer * (float)inner;
        const float center = mean[mean_at + channel];
        const float scale = inverse[inverse_at + channel];
        const float share = sum / count;
        const float slope = product * scale / count;
#if HAS_WEIGHT
        const float factor = scale * weight[weight_at + channel];
#else
        const float factor = scale;
#endif
        FOR_EACH_ELEMENT(
            const float rest = gradient[gradient_at + at] - share;
            result[result_at + at] =
                fma_f32(-slope, input[input_at + at] - center, rest) * factor;
        )
    }
}
