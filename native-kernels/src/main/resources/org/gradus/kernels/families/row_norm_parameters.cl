/*
 * For each part of the rows the gradients of weight and bias: a work-item for each, so that
 * neighbours read neighbours.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(input) *input,
        GLOBAL const TYPE(mean) *mean,
        GLOBAL const TYPE(inverse) *inverse,
        GLOBAL TYPE(weight_parts) *weight_parts,
        GLOBAL TYPE(bias_parts) *bias_parts,
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix i = (ix)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ix part = i / inner;
    const ix column = i - part * inner;
    if (part < parts) {
        const ix first = part * part_length;
        const ix end = first + part_length < rows ? first + part_length : rows;
        float sum = 0.0f;
        float product = 0.0f;
        for (ix row = first; row < end; row++) {
            const float g = LOAD(gradient, gradient_at + row * inner + column);
            const float x = LOAD(input, input_at + row * inner + column);
            const float centered = x - LOAD(mean, mean_at + row);
            sum += g;
            product = fma_f32(g, centered * LOAD(inverse, inverse_at + row), product);
        }
        STORE(weight_parts, weight_parts_at + i, product);
        STORE(bias_parts, bias_parts_at + i, sum);
    }
}
