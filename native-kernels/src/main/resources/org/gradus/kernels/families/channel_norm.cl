/* Normalizes a part of each channel, after merging the moments of all its parts in their order. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(input) *input,
        GLOBAL const TYPE(means) *means,
        GLOBAL const TYPE(squares) *squares,
#if HAS_WEIGHT
        GLOBAL const TYPE(weight) *weight,
#endif
#if HAS_BIAS
        GLOBAL const TYPE(bias) *bias,
#endif
        GLOBAL TYPE(output) *output,
        GLOBAL TYPE(mean) *mean,
        GLOBAL TYPE(inverse) *inverse,
        const WORDS(COUNT) w) {
    WORD_NAMES
    CHANNEL_PART
    if (channel < channels) {
        /* relative to the first part's mean, so that one far from zero costs no precision */
        const float shift = LOAD(means, channel);
        float sum = 0.0f;
        for (ix p = 1; p < parts; p++) {
            const ix length = p * part_length + part_length < outer
                ? part_length : outer - p * part_length;
            sum = fma_f32((float)length, LOAD(means, p * channels + channel) - shift, sum);
        }
        const float center = shift + sum / (float)outer;
        float square = 0.0f;
        for (ix p = 0; p < parts; p++) {
            const ix length = p * part_length + part_length < outer
                ? part_length : outer - p * part_length;
            const float difference = LOAD(means, p * channels + channel) - center;
            square += fma_f32(
                difference * difference,
                (float)(length * inner),
                LOAD(squares, p * channels + channel));
        }
        const float scale = 1.0f / sqrt_f32(square / ((float)outer * (float)inner) + epsilon);
        if (part == 0 && LANE == 0) {
            STORE(mean, mean_at + channel, center);
            STORE(inverse, inverse_at + channel, scale);
        }
#if HAS_WEIGHT
        const float factor = scale * LOAD(weight, weight_at + channel);
#else
        const float factor = scale;
#endif
#if HAS_BIAS
        const float offset = LOAD(bias, bias_at + channel);
#else
        const float offset = 0.0f;
#endif
        FOR_EACH_ELEMENT(
            const float centered = LOAD(input, input_at + at) - center;
            STORE(output, output_at + at, fma_f32(centered, factor, offset));
        )
    }
}
