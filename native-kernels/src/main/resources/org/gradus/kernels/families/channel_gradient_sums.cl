/* For each part of each channel the sums of the gradient, and of it times the normalized input. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(input) *input,
        GLOBAL const TYPE(mean) *mean,
        GLOBAL const TYPE(inverse) *inverse,
        GLOBAL TYPE(sums) *sums,
        GLOBAL TYPE(products) *products,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    CHANNEL_PART
    const float center = channel < channels ? LOAD(mean, mean_at + channel) : 0.0f;
    float sum = 0.0f;
    float product = 0.0f;
    FOR_EACH_ELEMENT(
        const float g = LOAD(gradient, gradient_at + at);
        sum += g;
        product = fma_f32(g, LOAD(input, input_at + at) - center, product);
    )
    sum = lanes_sum(s, sum);
    product = lanes_sum(s, product);
    if (LANE == 0 && channel < channels) {
        STORE(sums, part * channels + channel, sum);
        STORE(products, part * channels + channel, product * LOAD(inverse, inverse_at + channel));
    }
}
