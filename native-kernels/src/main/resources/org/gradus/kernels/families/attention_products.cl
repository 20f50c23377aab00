/* For each query the product of its output with the gradient of that; LANES work-items for each. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(output) *output,
        GLOBAL TYPE(products) *products,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    const ix matrix = row / queries;
    const ix n = matrix / heads;
    const ix head = matrix - n * heads;
    const ix query = row - matrix * queries;
    const ix from = gradient_at + n * gradient_n + head * gradient_h + query * gradient_r;
    const ix given = output_at + n * output_n + head * output_h + query * output_r;
    const ix end = n < batch ? size : 0;
    float product = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        product = fma_f32(LOAD(gradient, from + i), LOAD(output, given + i), product);
    }
    product = lanes_sum(s, product);
    if (LANE == 0 && n < batch) {
        STORE(products, row, product);
    }
}
