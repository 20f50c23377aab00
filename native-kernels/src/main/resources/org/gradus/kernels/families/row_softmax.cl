/*
 * Softmax, or its logarithm, of each row; LANES work-items per row. A row is read three times,
 * from a cache where it fits into one.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(input) *input, GLOBAL TYPE(output) *output, const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    /* lanes without a row have one without classes */
    const ix end = row < rows ? classes : 0;
    const ix from = input_at + row * classes;
    const ix to = output_at + row * classes;
    float largest = -F32_INFINITY;
    for (ix i = LANE; i < end; i += LANES) {
        largest = maximum_f32(largest, LOAD(input, from + i));
    }
    largest = lanes_maximum(s, largest);
    float sum = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        sum += exp_f32(LOAD(input, from + i) - largest);
    }
    sum = lanes_sum(s, sum);
#if LOGARITHM
    /* in two steps, so that a large maximum does not swallow the rest */
    const float rest = log_f32(sum);
    for (ix i = LANE; i < end; i += LANES) {
        STORE(output, to + i, LOAD(input, from + i) - largest - rest);
    }
#else
    const float factor = 1.0f / sum;
    for (ix i = LANE; i < end; i += LANES) {
        STORE(output, to + i, exp_f32(LOAD(input, from + i) - largest) * factor);
    }
#endif
}
