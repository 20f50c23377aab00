/*
 * Normalizes each row; LANES work-items per row. A row is read three times, from a cache where it
 * fits into one.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const float *input,
#if HAS_WEIGHT
        GLOBAL const float *weight,
#endif
#if HAS_BIAS
        GLOBAL const float *bias,
#endif
        GLOBAL float *output,
        GLOBAL float *mean,
        GLOBAL float *inverse,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    /* lanes without a row have one without elements */
    const ix end = row < rows ? inner : 0;
    const ix from = input_at + row * inner;
    float sum = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        sum += input[from + i];
    }
    const float center = lanes_sum(s, sum) / (float)inner;
    float square = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        const float difference = input[from + i] - center;
        square = fma_f32(difference, difference, square);
    }
    const float scale = 1.0f / sqrt_f32(lanes_sum(s, square) / (float)inner + epsilon);
    if (LANE == 0 && row < rows) {
        mean[mean_at + row] = center;
        inverse[inverse_at + row] = scale;
    }
    for (ix i = LANE; i < end; i += LANES) {
        float normal = (input[from + i] - center) * scale;
#if HAS_WEIGHT
        normal *= weight[weight_at + i];
#endif
#if HAS_BIAS
        normal += bias[bias_at + i];
#endif
        output[output_at + row * inner + i] = normal;
    }
}
