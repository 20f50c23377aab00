/* The gradient of a part of each channel, after adding the sums of all its parts in their order. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(input) *input,
#if HAS_WEIGHT
        GLOBAL const TYPE(weight) *weight,
#endif
        GLOBAL const TYPE(mean) *mean,
        GLOBAL const TYPE(inverse) *inverse,
        GLOBAL const TYPE(sums) *sums,
        GLOBAL const TYPE(products) *products,
        GLOBAL TYPE(result) *result,
        GLOBAL TYPE(weight_gradient) *weight_gradient,
        GLOBAL TYPE(bias_gradient) *bias_gradient,
        const WORDS(COUNT) w) {
    WORD_NAMES
    CHANNEL_PART
    if (channel < channels) {
        float sum = 0.0f;
        float product = 0.0f;
        for (ix p = 0; p < parts; p++) {
            sum += LOAD(sums, p * channels + channel);
            product += LOAD(products, p * channels + channel);
        }
        if (part == 0 && LANE == 0) {
            STORE(weight_gradient, weight_gradient_at + channel, product);
            STORE(bias_gradient, bias_gradient_at + channel, sum);
        }
        const float count = (float)outer * (float)inner;
        const float center = LOAD(mean, mean_at + channel);
        const float scale = LOAD(inverse, inverse_at + channel);
        const float share = sum / count;
        const float slope = product * scale / count;
#if HAS_WEIGHT
        const float factor = scale * LOAD(weight, weight_at + channel);
#else
        const float factor = scale;
#endif
        FOR_EACH_ELEMENT(
            const float rest = LOAD(gradient, gradient_at + at) - share;
            const float centered = LOAD(input, input_at + at) - center;
            STORE(result, result_at + at, fma_f32(-slope, centered, rest) * factor);
        )
    }
}
