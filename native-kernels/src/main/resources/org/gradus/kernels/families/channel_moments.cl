/*
 * For each part of each channel of [outer, channels, inner] the mean and the sum of squared
 * differences from it. A part is a few of the outer indices; it is read twice, the second time from
 * a cache.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(input) *input,
        GLOBAL TYPE(means) *means,
        GLOBAL TYPE(squares) *squares,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    CHANNEL_PART
    float sum = 0.0f;
    FOR_EACH_ELEMENT(sum += LOAD(input, input_at + at);)
    const float mean = lanes_sum(s, sum) / (float)(end * inner);
    float square = 0.0f;
    FOR_EACH_ELEMENT(
        const float difference = LOAD(input, input_at + at) - mean;
        square = fma_f32(difference, difference, square);
    )
    square = lanes_sum(s, square);
    if (LANE == 0 && channel < channels) {
        STORE(means, part * channels + channel, mean);
        STORE(squares, part * channels + channel, square);
    }
}
