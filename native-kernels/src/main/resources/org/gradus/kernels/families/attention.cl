/*
 * Attention of ROWS queries of one head, over tiles of keys: what the softmax of the keys so far
 * would be is corrected when a later tile has a larger score (Milakov and Gimelshein, 2018). Several
 * groups share the columns of wide values, and each computes the scores.
 *
 * Cost: 2 queries keys (size + valueSize) flops for each head, half of it where it is causal; keys
 * and values are read once for every ROWS queries.
 */

KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(query) *query,
        GLOBAL const TYPE(key) *key,
        GLOBAL const TYPE(value) *value,
#if HAS_MASK
        GLOBAL const TYPE(mask) *mask,
#endif
        GLOBAL TYPE(output) *output,
        GLOBAL TYPE(sums) *sums,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, row_tile, DEPTH * ROW_WIDTH);
    LOCAL_ARRAY(float, column_tile, DEPTH * COLUMN_WIDTH);
    LOCAL_ARRAY(float, weights, COLUMNS * ROW_WIDTH);
    LOCAL_ARRAY(float, peaks, 2 * ROWS);
    LOCAL_ARRAY(float, shares, 2 * ROWS);
    LOCAL_ARRAY(float, corrections, ROWS);
    WORD_NAMES
    const ix tile = (ix)(GROUP_ID / parts);
    const ix first_value = ((ix)GROUP_ID - tile * parts) * (CHUNKS * COLUMNS);
    const ix tiles = (queries + ROWS - 1) / ROWS;
    const ix matrix = tile / tiles;
    const ix first_query = (tile - matrix * tiles) * ROWS;
    const ix n = matrix / heads;
    const ix head = matrix - n * heads;
    const ix key_head = head / heads_per_key;
    const ix query_from = query_at + n * query_n + head * query_h;
    const ix key_from = key_at + n * key_n + key_head * key_h;
    const ix value_from = value_at + n * value_n + key_head * value_h;
    const ix output_from = output_at + n * output_n + head * output_h;
#if HAS_MASK
    const ix mask_from = mask_at + n * mask_n + head * mask_h;
#endif
    /* the last query of a causal tile sees the most keys */
    const ix seen = first_query + ROWS + keys - queries;
    const ix end = causal && seen < keys ? seen : keys;

    const ix row = first_query + SINGLE_ROW;
    /* the last key that this query sees */
    const ix last = causal && row + keys - queries < keys ? row + keys - queries : keys - 1;
    float largest = -F32_INFINITY;
    float total = 0.0f;
    float8 scores[4];
    float8 results[4 * CHUNKS];
    UNROLL
    for (i32 i = 0; i < 4 * CHUNKS; i++) {
        results[i] = zero_float8();
    }
    for (ix first_key = 0; first_key < end; first_key += COLUMNS) {
        MULTIPLY_ROWS(scores, query, query_from, query_r, first_query, queries,
                      key, key_from, key_r, first_key, keys, size)
        SHARE_SUMS(weights, scores)
        float peak = largest;
        for (i32 j = FIRST_SINGLE; j < END_SINGLE; j++) {
            const ix column = first_key + j;
            const i32 visible = row < queries && column <= last;
            float score = weights[j * ROW_WIDTH + SINGLE_ROW] * scale;
#if HAS_MASK
            score += visible ? LOAD(mask, mask_from + row * mask_r + column * mask_c) : 0.0f;
#endif
            score = visible ? score : -F32_INFINITY;
            weights[j * ROW_WIDTH + SINGLE_ROW] = score;
            peak = maximum_f32(peak, score);
        }
        peaks[LOCAL_ID] = peak;
        BARRIER();
        peak = maximum_f32(peaks[SINGLE_ROW], peaks[SINGLE_ROW + ROWS]);
        /* where all keys so far are masked, any number does */
        const float base = peak == -F32_INFINITY ? 0.0f : peak;
        float share = 0.0f;
        for (i32 j = FIRST_SINGLE; j < END_SINGLE; j++) {
            const float weight = exp_f32(weights[j * ROW_WIDTH + SINGLE_ROW] - base);
            weights[j * ROW_WIDTH + SINGLE_ROW] = weight;
            share += weight;
        }
        shares[LOCAL_ID] = share;
        const float correction = exp_f32(largest - base);
        if (LOCAL_ID < ROWS) {
            corrections[SINGLE_ROW] = correction;
        }
        BARRIER();
        largest = peak;
        total = fma_f32(total, correction, shares[SINGLE_ROW] + shares[SINGLE_ROW + ROWS]);
        UNROLL
        for (i32 i = 0; i < 4 * CHUNKS; i++) {
            results[i] = fma_float8(corrections[OWN_ROW + i % 4], results[i], zero_float8());
        }
        ADD_WEIGHTED_ROWS(results, value, value_from, value_r, first_key, keys,
                          first_value, value_size)
    }
    if (LOCAL_ID < ROWS) {
        /* of a query that saw no key, zeros */
        corrections[SINGLE_ROW] = total == 0.0f ? 0.0f : 1.0f / total;
        if (first_value == 0 && row < queries) {
            STORE(sums, sums_at + matrix * queries + row,
                total == 0.0f ? -F32_INFINITY : largest + log_f32(total));
        }
    }
    BARRIER();
    STORE_ROWS(results, corrections[OWN_ROW + i], output, output_from, output_r,
               first_query, queries, first_value, value_size)
}
