/* For each part of each channel the sums of the gradient, and of it times the normalized input. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const float *gradient,
        GLOBAL const float *input,
        GLOBAL const float *mean,
        GLOBAL const float *inverse,
        GLOBAL float *sums,
        GLOBAL float *products,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    CHANNEL_PART
    const float center = channel < channels ? mean[mean_at + channel] : 0.0f;
    float sum = 0.0f;
    float product = 0.0f;
    FOR_EACH_ELEMENT(
        const float g = gradient[gradient_at + at];
        sum += g;
        product = fma_f32(g, input[input_at + at] - center, product);
    )
    sum = lanes_sum(s, sum);
    product = lanes_sum(s, product);
    if (LANE == 0 && channel < channels) {
        sums[part * channels + channel] = sum;
        products[part * channels + channel] = product * inverse[inverse_at + channel];
    }
}
