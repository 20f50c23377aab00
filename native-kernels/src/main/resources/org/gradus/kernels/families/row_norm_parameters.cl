/*
 * For each part of the rows the gradients of weight and bias: a work-item for each, so that
 * neighbours read neighbours.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(input) *input,
#if HAS_MEAN
        GLOBAL const TYPE(mean) *mean,
#endif
        GLOBAL const TYPE(inverse) *inverse,
        GLOBAL TYPE(weight_parts) *weight_parts,
#if HAS_BIAS_PARTS
        GLOBAL TYPE(bias_parts) *bias_parts,
#endif
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix i = (ix)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ix part = i / inner;
    const ix column = i - part * inner;
    if (part < parts) {
        const ix first = part * part_length;
        const ix end = first + part_length < rows ? first + part_length : rows;
#if HAS_BIAS_PARTS
        float sum = 0.0f;
#endif
        float product = 0.0f;
        for (ix row = first; row < end; row++) {
            const float g = LOAD(gradient, gradient_at + row * inner + column);
            const float x = LOAD(input, input_at + row * inner + column);
#if HAS_MEAN
            const float centered = x - LOAD(mean, mean_at + row);
#else
            const float centered = x;
#endif
#if HAS_BIAS_PARTS
            sum += g;
#endif
            product = fma_f32(g, centered * LOAD(inverse, inverse_at + row), product);
        }
        STORE(weight_parts, weight_parts_at + i, product);
#if HAS_BIAS_PARTS
        STORE(bias_parts, bias_parts_at + i, sum);
#endif
    }
}
