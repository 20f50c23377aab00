/* The mean of each window; where nothing is counted it is 0. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(input) *input, GLOBAL TYPE(output) *output, const WORDS(COUNT) w) {
    WORD_NAMES
    const ux i = (ux)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ux row = i / (ux)positions_x;
    const ux slice = row / (ux)positions_y;
    const ux plane = slice / (ux)positions_z;
    const ix x = (ix)(i - row * (ux)positions_x);
    const ix y = (ix)(row - slice * (ux)positions_y);
    const ix z = (ix)(slice - plane * (ux)positions_z);
    const ix n = (ix)(plane / (ux)channels);
    const ix c = (ix)plane - n * channels;
    if (n < batch) {
        const ix from = input_at + n * input_n + c * input_c;
        float sum = 0.0f;
        ix count = 0;
        for (ix kz = 0; kz < taps_z; kz++) {
            const ix iz = z * stride_z - padding_z + kz * dilation_z;
            for (ix ky = 0; ky < taps_y && (ux)iz < (ux)size_z; ky++) {
                const ix iy = y * stride_y - padding_y + ky * dilation_y;
                for (ix kx = 0; kx < taps_x && (ux)iy < (ux)size_y; kx++) {
                    const ix column = x * stride_x - padding_x + kx * dilation_x;
                    if ((ux)column < (ux)size_x) {
                        sum += LOAD(input, from + iz * input_z + iy * input_y + column * input_x);
                        count++;
                    }
                }
            }
        }
        const ix divisor = COUNT_PADDING ? taps_z * taps_y * taps_x : count;
        STORE(output, output_at + n * output_n + c * output_c
            + z * output_z + y * output_y + x * output_x, count == 0 ? 0.0f : sum / (float)divisor);
    }
}
