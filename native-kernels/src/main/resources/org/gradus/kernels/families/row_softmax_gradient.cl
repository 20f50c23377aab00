/* The gradient of softmax, or of its logarithm, from its output; LANES work-items per row. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(output) *output,
        GLOBAL TYPE(result) *result,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    const ix end = row < rows ? classes : 0;
    const ix from = gradient_at + row * classes;
    const ix given = output_at + row * classes;
    const ix to = result_at + row * classes;
    float sum = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
#if LOGARITHM
        sum += LOAD(gradient, from + i);
#else
        sum = fma_f32(LOAD(gradient, from + i), LOAD(output, given + i), sum);
#endif
    }
    sum = lanes_sum(s, sum);
    for (ix i = LANE; i < end; i += LANES) {
#if LOGARITHM
        STORE(result, to + i, LOAD(gradient, from + i) - exp_f32(LOAD(output, given + i)) * sum);
#else
        STORE(result, to + i, (LOAD(gradient, from + i) - sum) * LOAD(output, given + i));
#endif
    }
}
