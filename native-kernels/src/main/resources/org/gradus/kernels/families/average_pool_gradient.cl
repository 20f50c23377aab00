/* The elements that the window sees along one axis, from its first index on. */
FN ix seen(ix first, ix taps, ix dilation, ix size) {
    const ix skipped = first >= 0 ? 0 : (dilation - 1 - first) / dilation;
    const ix end = first >= size ? 0 : (size - 1 - first) / dilation + 1;
    return (end < taps ? end : taps) - skipped;
}

/* Each element gathers its share of the means that it is part of. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient, GLOBAL TYPE(result) *result, const WORDS(COUNT) w) {
    WORD_NAMES
    const ux i = (ux)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ux row = i / (ux)size_x;
    const ux slice = row / (ux)size_y;
    const ux plane = slice / (ux)size_z;
    const ix x = (ix)(i - row * (ux)size_x);
    const ix y = (ix)(row - slice * (ux)size_y);
    const ix z = (ix)(slice - plane * (ux)size_z);
    const ix n = (ix)(plane / (ux)channels);
    const ix c = (ix)plane - n * channels;
    if (n < batch) {
        const ix from = gradient_at + n * gradient_n + c * gradient_c;
        float sum = 0.0f;
        for (ix kz = 0; kz < taps_z; kz++) {
            const ix start_z = z + padding_z - kz * dilation_z;
            const ix oz = start_z / stride_z;
            const i32 has_z = start_z >= 0 && oz * stride_z == start_z && oz < positions_z;
            const ix seen_z = seen(oz * stride_z - padding_z, taps_z, dilation_z, size_z);
            for (ix ky = 0; ky < taps_y && has_z; ky++) {
                const ix start_y = y + padding_y - ky * dilation_y;
                const ix oy = start_y / stride_y;
                const i32 has_y = start_y >= 0 && oy * stride_y == start_y && oy < positions_y;
                const ix seen_y = seen(oy * stride_y - padding_y, taps_y, dilation_y, size_y);
                for (ix kx = 0; kx < taps_x && has_y; kx++) {
                    const ix start_x = x + padding_x - kx * dilation_x;
                    const ix ox = start_x / stride_x;
                    if (start_x >= 0 && ox * stride_x == start_x && ox < positions_x) {
                        const ix first_x = ox * stride_x - padding_x;
                        const ix seen_x = seen(first_x, taps_x, dilation_x, size_x);
                        const ix divisor = COUNT_PADDING ? taps_z * taps_y * taps_x
                            : seen_z * seen_y * seen_x;
                        sum += LOAD(gradient, from + oz * gradient_z + oy * gradient_y
                            + ox * gradient_x) / (float)divisor;
                    }
                }
            }
        }
        STORE(result, result_at + n * result_n + c * result_c
            + z * result_z + y * result_y + x * result_x, sum);
    }
}
