/* The gradient of each row's input; LANES work-items per row. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(input) *input,
#if HAS_WEIGHT
        GLOBAL const TYPE(weight) *weight,
#endif
#if HAS_MEAN
        GLOBAL const TYPE(mean) *mean,
#endif
        GLOBAL const TYPE(inverse) *inverse,
        GLOBAL TYPE(result) *result,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    const ix end = row < rows ? inner : 0;
    const ix from = row * inner;
#if HAS_MEAN
    const float center = row < rows ? LOAD(mean, mean_at + row) : 0.0f;
#else
    const float center = 0.0f;
#endif
    const float scale = row < rows ? LOAD(inverse, inverse_at + row) : 0.0f;
#if HAS_MEAN
    float sum = 0.0f;
#endif
    float product = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        float g = LOAD(gradient, gradient_at + from + i);
#if HAS_WEIGHT
        g *= LOAD(weight, weight_at + i);
#endif
#if HAS_MEAN
        sum += g;
#endif
        product = fma_f32(g, (LOAD(input, input_at + from + i) - center) * scale, product);
    }
#if HAS_MEAN
    const float share = lanes_sum(s, sum) / (float)inner;
#else
    const float share = 0.0f;
#endif
    const float slope = lanes_sum(s, product) / (float)inner;
    for (ix i = LANE; i < end; i += LANES) {
        float g = LOAD(gradient, gradient_at + from + i);
#if HAS_WEIGHT
        g *= LOAD(weight, weight_at + i);
#endif
        const float normal = (LOAD(input, input_at + from + i) - center) * scale;
        STORE(result, result_at + from + i, fma_f32(-normal, slope, g - share) * scale);
    }
}
