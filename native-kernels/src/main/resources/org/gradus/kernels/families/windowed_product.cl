/*
 * target[m, n] = bias[m] + sum over k of left[m, k] * source[n, k], for tiles of m and n.
 *
 * n and k each stand for four indices, (c, z, y, x), row-major. An element of the source is at the
 * spatial coordinates origin + n * column_step + k * inner_step, and 0 beyond the edge: so the
 * columns of a convolution are never stored. GROUP_ID counts tiles of n, then tiles of m, then
 * parts of k (each with its own target), then groups of channels.
 *
 * A group has ROW_ITEMS * COLUMN_ITEMS work-items, each with ITEM_ROWS * ITEM_COLUMNS results.
 * Cost: 2 * ITEM_ROWS * ITEM_COLUMNS flops for ITEM_ROWS + ITEM_COLUMNS reads of local memory.
 */
#define TILE_ROWS (ROW_ITEMS * ITEM_ROWS)
#define TILE_COLUMNS (COLUMN_ITEMS * ITEM_COLUMNS)
/* values of k that are in local memory at once */
#define DEPTH 16

KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(left) *left,
        GLOBAL const TYPE(source) *source,
        GLOBAL TYPE(target) *target,
#if HAS_BIAS
        GLOBAL const TYPE(bias) *bias,
#endif
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, left_tile, DEPTH * TILE_ROWS);
    LOCAL_ARRAY(float, source_tile, DEPTH * TILE_COLUMNS);
    /* where the tile's columns are in the source, and their spatial coordinates there */
    LOCAL_ARRAY(ix, column_at, TILE_COLUMNS);
    LOCAL_ARRAY(ix, column_z, TILE_COLUMNS);
    LOCAL_ARRAY(ix, column_y, TILE_COLUMNS);
    LOCAL_ARRAY(ix, column_x, TILE_COLUMNS);
    LOCAL_ARRAY(ix, column_target, TILE_COLUMNS);
    /* the same for the values of k at hand, and where they are in the left operand */
    LOCAL_ARRAY(ix, inner_at, DEPTH);
#if CHECK_EDGES
    LOCAL_ARRAY(ix, inner_z, DEPTH);
    LOCAL_ARRAY(ix, inner_y, DEPTH);
    LOCAL_ARRAY(ix, inner_x, DEPTH);
#endif
    LOCAL_ARRAY(ix, inner_left, DEPTH);
    WORD_NAMES

    const i64 all_rows = GROUP_ID / column_tiles;
    const i64 all_parts = all_rows / row_tiles;
    const ix first_column = (ix)(GROUP_ID - all_rows * column_tiles) * TILE_COLUMNS;
    const ix first_row = (ix)(all_rows - all_parts * row_tiles) * TILE_ROWS;
    const ix group = (ix)(all_parts / parts);
    const ix part = (ix)all_parts - group * parts;
    const ix first_inner = part * part_length;
    const ix end_inner = first_inner + part_length < inners ? first_inner + part_length : inners;

    for (i32 i = LOCAL_ID; i < TILE_COLUMNS; i += GROUP_SIZE) {
        /* columns beyond the last one repeat it, and are not stored */
        const ix n = first_column + i < columns ? first_column + i : columns - 1;
        const ux row = (ux)n / (ux)column_size_x;
        const ux slice = row / (ux)column_size_y;
        const ix c = (ix)(slice / (ux)column_size_z);
        const ix z = (ix)slice - c * column_size_z;
        const ix y = (ix)(row - slice * (ux)column_size_y);
        const ix x = (ix)((ux)n - row * (ux)column_size_x);
        column_z[i] = origin_z + z * column_step_z;
        column_y[i] = origin_y + y * column_step_y;
        column_x[i] = origin_x + x * column_step_x;
        column_at[i] = source_at + group * source_group + c * source_column
            + column_z[i] * source_z + column_y[i] * source_y + column_x[i] * source_x;
        column_target[i] = target_at + group * target_group + part * target_part
            + c * target_column + z * target_z + y * target_y + x * target_x;
    }
    /* the loop over k has barriers, but there may be no k */
    BARRIER();

    const i32 item_row = LOCAL_ID / COLUMN_ITEMS * ITEM_ROWS;
    const i32 item_column = LOCAL_ID % COLUMN_ITEMS * ITEM_COLUMNS;
    float sums[ITEM_ROWS * ITEM_COLUMNS];
    for (i32 i = 0; i < ITEM_ROWS * ITEM_COLUMNS; i++) {
        sums[i] = 0.0f;
    }
    for (ix k0 = first_inner; k0 < end_inner; k0 += DEPTH) {
        if (LOCAL_ID < DEPTH) {
            const ux k = (ux)(k0 + LOCAL_ID);
            const ux row = k / (ux)inner_size_x;
            const ux slice = row / (ux)inner_size_y;
            const ix c = (ix)(slice / (ux)inner_size_z);
            const ix z = (ix)slice - c * inner_size_z;
            const ix y = (ix)(row - slice * (ux)inner_size_y);
            const ix x = (ix)(k - row * (ux)inner_size_x);
#if CHECK_EDGES
            inner_z[LOCAL_ID] = z * inner_step_z;
            inner_y[LOCAL_ID] = y * inner_step_y;
            inner_x[LOCAL_ID] = x * inner_step_x;
#endif
            inner_at[LOCAL_ID] = c * source_inner + z * inner_step_z * source_z
                + y * inner_step_y * source_y + x * inner_step_x * source_x;
            inner_left[LOCAL_ID] = left_at + group * left_group + c * left_inner
                + z * left_z + y * left_y + x * left_x;
        }
        BARRIER();
        for (i32 i = LOCAL_ID; i < DEPTH * TILE_ROWS; i += GROUP_SIZE) {
            const i32 k = i % DEPTH;
            const i32 m = i / DEPTH;
            left_tile[k * TILE_ROWS + m] = k0 + k < end_inner && first_row + m < rows
                ? LOAD(left, inner_left[k] + (first_row + m) * left_row) : 0.0f;
        }
        for (i32 i = LOCAL_ID; i < DEPTH * TILE_COLUMNS; i += GROUP_SIZE) {
            const i32 k = i / TILE_COLUMNS;
            const i32 n = i % TILE_COLUMNS;
            i32 inside = k0 + k < end_inner;
#if CHECK_EDGES
            inside = inside && (ux)(column_x[n] + inner_x[k]) < (ux)source_size_x
                && (ux)(column_y[n] + inner_y[k]) < (ux)source_size_y
                && (ux)(column_z[n] + inner_z[k]) < (ux)source_size_z;
#endif
            source_tile[i] = inside ? LOAD(source, column_at[n] + inner_at[k]) : 0.0f;
        }
        BARRIER();
        for (i32 k = 0; k < DEPTH; k++) {
            for (i32 m = 0; m < ITEM_ROWS; m++) {
                const float factor = left_tile[k * TILE_ROWS + item_row + m];
                for (i32 n = 0; n < ITEM_COLUMNS; n++) {
                    sums[m * ITEM_COLUMNS + n] = fma_f32(
                        factor,
                        source_tile[k * TILE_COLUMNS + item_column + n],
                        sums[m * ITEM_COLUMNS + n]);
                }
            }
        }
        BARRIER();
    }
    for (i32 m = 0; m < ITEM_ROWS; m++) {
        const ix row = first_row + item_row + m;
        if (row < rows) {
#if HAS_BIAS
            const float shift = LOAD(bias, bias_at + (group * rows + row) * bias_row);
#else
            const float shift = 0.0f;
#endif
            for (i32 n = 0; n < ITEM_COLUMNS; n++) {
                if (first_column + item_column + n < columns) {
                    STORE(target, column_target[item_column + n] + row * target_row,
                        sums[m * ITEM_COLUMNS + n] + shift);
                }
            }
        }
    }
}
