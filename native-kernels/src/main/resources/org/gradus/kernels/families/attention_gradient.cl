/*
 * The gradient of ROWS queries, keys or values of one head. The scores are computed again, tile by
 * tile: with the logarithms of their sums they give the weights at once. Rows are queries and
 * columns are keys, or the other way round; the rows of the result are sums of the rows of "right",
 * weighted by the gradients of the scores where there are slopes, else by the attention itself. A
 * key head that several heads share adds up the gradients of all of them, one after the other.
 *
 * Cost: 2 queries keys (size + slope_size + right_size) flops for each head, half of it where it is
 * causal.
 */
#define LOAD_left LOAD_row
#define LOAD_across LOAD_row

KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(row) *row,
        GLOBAL const TYPE(row) *column,
        GLOBAL const TYPE(right) *right,
#if HAS_MASK
        GLOBAL const TYPE(mask) *mask,
#endif
        GLOBAL const TYPE(sums) *sums,
        GLOBAL const TYPE(row) *row_slope,
        GLOBAL const TYPE(row) *column_slope,
        GLOBAL const TYPE(dots) *dots,
        GLOBAL TYPE(result) *result,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, row_tile, DEPTH * ROW_WIDTH);
    /* also that of scores, which is larger */
    LOCAL_ARRAY(float, column_tile, COLUMNS * ROW_WIDTH);
    LOCAL_ARRAY(float, weights, COLUMNS * ROW_WIDTH);
    WORD_NAMES
    const ix tile = (ix)(GROUP_ID / parts);
    const ix first_right = ((ix)GROUP_ID - tile * parts) * (CHUNKS * COLUMNS);
    const ix tiles = (rows + ROWS - 1) / ROWS;
    const ix matrix = tile / tiles;
    const ix first_row = (tile - matrix * tiles) * ROWS;
    const ix n = matrix / row_heads;
    const ix row_head = matrix - n * row_heads;
    const ix row_from = row_at + n * row_n + row_head * row_h;
    const ix result_from = result_at + n * result_n + row_head * result_h;
    const ix queries = rows_are_keys ? columns : rows;
    const ix keys = rows_are_keys ? rows : columns;
    const ix heads = rows_are_keys ? row_heads * heads_per_key : row_heads;
    const ix repeats = rows_are_keys ? heads_per_key : 1;
    /* of a causal tile the last query sees the most keys, the first key is seen the most */
    const ix unseen = first_row + queries - keys;
    const ix seen = first_row + ROWS + keys - queries;
    const ix begin = causal && rows_are_keys && unseen > 0 ? unseen / COLUMNS * COLUMNS : 0;
    const ix end = causal && !rows_are_keys && seen < columns ? seen : columns;
    float8 results[4 * CHUNKS];
    UNROLL
    for (i32 i = 0; i < 4 * CHUNKS; i++) {
        results[i] = zero_float8();
    }
    for (ix repeat = 0; repeat < repeats; repeat++) {
        const ix column_head =
            rows_are_keys ? row_head * heads_per_key + repeat : row_head / heads_per_key;
        const ix head = rows_are_keys ? column_head : row_head;
        const ix column_from = column_at + n * column_n + column_head * column_h;
        const ix right_from = right_at + n * right_n + column_head * right_h;
        const ix sums_from = (n * heads + head) * queries;
#if HAS_MASK
        const ix mask_from = mask_at + n * mask_n + head * mask_h;
#endif
        const ix row_slope_from = row_slope_at + n * row_slope_n + row_head * row_slope_h;
        const ix column_slope_from =
            column_slope_at + n * column_slope_n + column_head * column_slope_h;
        for (ix first_column = begin; first_column < end; first_column += COLUMNS) {
            /* first the weights, then the gradients of the scores; in a loop, as compilers for
               processors copy what comes after a condition with barriers */
            for (i32 pass = 0; pass <= has_slopes; pass++) {
                GLOBAL const TYPE(row) *left = pass == 0 ? row : row_slope;
                GLOBAL const TYPE(row) *across = pass == 0 ? column : column_slope;
                const ix left_from = pass == 0 ? row_from : row_slope_from;
                const ix left_step = pass == 0 ? row_r : row_slope_r;
                const ix across_from = pass == 0 ? column_from : column_slope_from;
                const ix across_step = pass == 0 ? column_r : column_slope_r;
                const ix length = pass == 0 ? size : slope_size;
                float8 products[4];
                MULTIPLY_ROWS(products, left, left_from, left_step, first_row, rows,
                              across, across_from, across_step, first_column, columns, length)
                SHARE_SUMS(column_tile, products)
                for (i32 j = FIRST_SINGLE; j < END_SINGLE; j++) {
                    const float x = column_tile[j * ROW_WIDTH + SINGLE_ROW];
                    const ix r = first_row + SINGLE_ROW;
                    const ix c = first_column + j;
                    const ix q = rows_are_keys ? c : r;
                    const ix k = rows_are_keys ? r : c;
                    const i32 visible =
                        r < rows && c < columns && (!causal || k <= q + keys - queries);
                    float weight = 0.0f;
                    if (visible && pass == 0) {
#if HAS_MASK
                        const float score =
                            x * scale + LOAD(mask, mask_from + q * mask_r + k * mask_c);
#else
                        const float score = x * scale;
#endif
                        /* a query that sees no key has a logarithm of negative infinity, too */
                        weight = score == -F32_INFINITY
                            ? 0.0f : exp_f32(score - LOAD(sums, sums_at + sums_from + q));
                    } else if (visible) {
                        weight = weights[j * ROW_WIDTH + SINGLE_ROW]
                            * (x - LOAD(dots, sums_from + q)) * scale;
                    }
                    weights[j * ROW_WIDTH + SINGLE_ROW] = weight;
                }
                BARRIER();
            }
            ADD_WEIGHTED_ROWS(results, right, right_from, right_r, first_column, columns,
                              first_right, right_size)
        }
    }
    STORE_ROWS(results, 1.0f, result, result_from, result_r, first_row, rows,
               first_right, right_size)
}
