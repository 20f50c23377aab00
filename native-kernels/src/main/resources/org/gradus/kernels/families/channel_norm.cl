/* Normalizes a part of each channel, after merging the moments of all its parts in their order. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const float *input,
        GLOBAL const float *means,
        GLOBAL const float *squares,
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
    WORD_NAMES
    CHANNEL_PART
    if (channel < channels) {
        /* relative to the first part's mean, so that one far from zero costs no precision */
        const float shift = means[channel];
        float sum = 0.0f;
        for (ix p = 1; p < parts; p++) {
            const ix length = p * part_length + part_length < outer
                ? part_length : outer - p * part_length;
            sum = fma_f32((float)length, means[p * channels + channel] - shift, sum);
        }
        const float center = shift + sum / (float)outer;
        float square = 0.0f;
        for (ix p = 0; p < parts; p++) {
            const ix length = p * part_length + part_length < outer
                ? part_length : outer - p * part_length;
            const float difference = means[p * channels + channel] - center;
            square += fma_f32(
                difference * difference,
                (float)(length * inner),
                squares[p * channels + channel]);
        }
        const float scale = 1.0f / sqrt_f32(square / ((float)outer * (float)inner) + epsilon);
        if (part == 0 && LANE == 0) {
            mean[mean_at + channel] = center;
            inverse[inverse_at + channel] = scale;
        }
#if HAS_WEIGHT
        const float factor = scale * weight[weight_at + channel];
#else
        const float factor = scale;
#endif
#if HAS_BIAS
        const float offset = bias[bias_at + channel];
#else
        const float offset = 0.0f;
#endif
        FOR_EACH_ELEMENT(
            output[output_at + at] = fma_f32(input[input_at + at] - center, factor, offset);
        )
    }
}
