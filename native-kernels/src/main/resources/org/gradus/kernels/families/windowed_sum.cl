/*
 * What windowed_product.cl computes, with a work-item for each result and no tiles: for one or two
 * rows, as where each channel is filtered by itself.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(left) *left,
        GLOBAL const TYPE(source) *source,
        GLOBAL TYPE(target) *target,
#if HAS_BIAS
        GLOBAL const TYPE(bias) *bias,
#endif
        const WORDS(COUNT) w) {
    WORD_NAMES
    const i64 item = GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const i64 all_rows = item / columns;
    const i64 all_parts = all_rows / rows;
    const ix group = (ix)(all_parts / parts);
    const ix n = (ix)(item - all_rows * columns);
    const ix m = (ix)(all_rows - all_parts * rows);
    const ix part = (ix)all_parts - group * parts;
    if (group < groups) {
        const ix first_inner = part * part_length;
        const ix end_inner =
            first_inner + part_length < inners ? first_inner + part_length : inners;
        const ux row = (ux)n / (ux)column_size_x;
        const ux slice = row / (ux)column_size_y;
        const ix c = (ix)(slice / (ux)column_size_z);
        const ix z = (ix)slice - c * column_size_z;
        const ix y = (ix)(row - slice * (ux)column_size_y);
        const ix x = n - (ix)row * column_size_x;
        const ix from_z = origin_z + z * column_step_z;
        const ix from_y = origin_y + y * column_step_y;
        const ix from_x = origin_x + x * column_step_x;
        const ix from = source_at + group * source_group + c * source_column;

        /* the first k of this part, then the next ones by counting */
        const ux inner_row = (ux)first_inner / (ux)inner_size_x;
        const ux inner_slice = inner_row / (ux)inner_size_y;
        ix kc = (ix)(inner_slice / (ux)inner_size_z);
        ix kz = (ix)inner_slice - kc * inner_size_z;
        ix ky = (ix)(inner_row - inner_slice * (ux)inner_size_y);
        ix kx = first_inner - (ix)inner_row * inner_size_x;
        const ix left_first = left_at + group * left_group + m * left_row;
        float sum = 0.0f;
        for (ix k = first_inner; k < end_inner; k++) {
            const ix at_z = from_z + kz * inner_step_z;
            const ix at_y = from_y + ky * inner_step_y;
            const ix at_x = from_x + kx * inner_step_x;
            if ((ux)at_x < (ux)source_size_x && (ux)at_y < (ux)source_size_y
                    && (ux)at_z < (ux)source_size_z) {
                sum = fma_f32(
                    LOAD(left, left_first + kc * left_inner
                        + kz * left_z + ky * left_y + kx * left_x),
                    LOAD(source, from + kc * source_inner
                        + at_z * source_z + at_y * source_y + at_x * source_x),
                    sum);
            }
            if (++kx == inner_size_x) {
                kx = 0;
                if (++ky == inner_size_y) {
                    ky = 0;
                    if (++kz == inner_size_z) {
                        kz = 0;
                        kc++;
                    }
                }
            }
        }
#if HAS_BIAS
        sum += LOAD(bias, bias_at + (group * rows + m) * bias_row);
#endif
        STORE(target, target_at + group * target_group + part * target_part + m * target_row
            + c * target_column + z * target_z + y * target_y + x * target_x, sum);
    }
}
