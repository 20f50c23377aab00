/*
 * Normalizes each row, around 0 where there is no mean; LANES work-items per row. A row is read three times, from a cache where it
 * fits into one.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(input) *input,
#if HAS_WEIGHT
        GLOBAL const TYPE(weight) *weight,
#endif
#if HAS_BIAS
        GLOBAL const TYPE(bias) *bias,
#endif
        GLOBAL TYPE(output) *output,
#if HAS_MEAN
        GLOBAL TYPE(mean) *mean,
#endif
        GLOBAL TYPE(inverse) *inverse,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    /* lanes without a row have one without elements */
    const ix end = row < rows ? inner : 0;
    const ix from = input_at + row * inner;
#if HAS_MEAN
    float sum = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        sum += LOAD(input, from + i);
    }
    const float center = lanes_sum(s, sum) / (float)inner;
#else
    const float center = 0.0f;
#endif
    float square = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        const float difference = LOAD(input, from + i) - center;
        square = fma_f32(difference, difference, square);
    }
    const float scale = 1.0f / sqrt_f32(lanes_sum(s, square) / (float)inner + epsilon);
    if (LANE == 0 && row < rows) {
#if HAS_MEAN
        STORE(mean, mean_at + row, center);
#endif
        STORE(inverse, inverse_at + row, scale);
    }
    for (ix i = LANE; i < end; i += LANES) {
        float normal = (LOAD(input, from + i) - center) * scale;
#if HAS_WEIGHT
        normal *= LOAD(weight, weight_at + i);
#endif
#if HAS_BIAS
        normal += LOAD(bias, bias_at + i);
#endif
        STORE(output, output_at + row * inner + i, normal);
    }
}
