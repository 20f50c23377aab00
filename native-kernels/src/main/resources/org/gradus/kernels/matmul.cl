    /* Words: m, n, k; offset, row stride and column stride of a, b and c; offset and stride of the
       bias; alpha, beta; the batch axes. Each work-item has 8 rows of 8 columns. */
    LOCAL_ARRAY(real, a_tile, DEPTH * ROWS);
    LOCAL_ARRAY(real, b_tile, DEPTH * COLUMNS);
    const i64 tile = GROUP_ID % tiles;
    const i64 across = (w.v[1] + COLUMNS - 1) / COLUMNS;
    const i64 first_row = tile / across * ROWS;
    const i64 first_column = tile % across * COLUMNS;
    const i32 rows = (i32)(w.v[0] - first_row < ROWS ? w.v[0] - first_row : ROWS);
    const i32 columns = (i32)(w.v[1] - first_column < COLUMNS ? w.v[1] - first_column : COLUMNS);
    const i64 a_start = a_at + first_row * A_ROW;
    const i64 b_start = b_at + first_column * B_COLUMN;
    const i32 own_column = LOCAL_ID % (COLUMNS / 8);
    const i32 own_row = LOCAL_ID / (COLUMNS / 8) * 8;
    real8 sums[8];
    UNROLL
    for (i32 i = 0; i < 8; i++) {
        sums[i] = zero_real8();
    }
    for (i64 start = 0; start < w.v[2]; start += DEPTH) {
        const i32 depth = (i32)(w.v[2] - start < DEPTH ? w.v[2] - start : DEPTH);
        /* whole tiles are read without conditions, so that compilers for CPUs make vectors of them */
        if (rows == ROWS && depth == DEPTH) {
            for (i32 n = 0; n < DEPTH * ROWS / GROUP; n++) {
                const i32 t = n * GROUP + LOCAL_ID;
                const i32 q = A_BY_ROWS ? t % DEPTH : t / ROWS;
                const i32 i = A_BY_ROWS ? t / DEPTH : t % ROWS;
                a_tile[q * ROWS + i] = LOAD_A(a_start + i * A_ROW + (start + q) * A_STEP);
            }
        } else {
            for (i32 n = 0; n < DEPTH * ROWS / GROUP; n++) {
                const i32 t = n * GROUP + LOCAL_ID;
                const i32 q = A_BY_ROWS ? t % DEPTH : t / ROWS;
                const i32 i = A_BY_ROWS ? t / DEPTH : t % ROWS;
                a_tile[q * ROWS + i] = i < rows && q < depth
                    ? LOAD_A(a_start + i * A_ROW + (start + q) * A_STEP) : 0;
            }
        }
        if (columns == COLUMNS && depth == DEPTH) {
            for (i32 n = 0; n < DEPTH * COLUMNS / GROUP; n++) {
                const i32 t = n * GROUP + LOCAL_ID;
                const i32 q = B_BY_ROWS ? t / COLUMNS : t % DEPTH;
                const i32 j = B_BY_ROWS ? t % COLUMNS : t / DEPTH;
                b_tile[q * COLUMNS + j] = LOAD_B(b_start + (start + q) * B_STEP + j * B_COLUMN);
            }
        } else {
            for (i32 n = 0; n < DEPTH * COLUMNS / GROUP; n++) {
                const i32 t = n * GROUP + LOCAL_ID;
                const i32 q = B_BY_ROWS ? t / COLUMNS : t % DEPTH;
                const i32 j = B_BY_ROWS ? t % COLUMNS : t / DEPTH;
                b_tile[q * COLUMNS + j] = j < columns && q < depth
                    ? LOAD_B(b_start + (start + q) * B_STEP + j * B_COLUMN) : 0;
            }
        }
        BARRIER();
        for (i32 q = 0; q < DEPTH; q++) {
            const real8 b_values = load_real8(own_column, b_tile + q * COLUMNS);
            UNROLL
            for (i32 i = 0; i < 8; i++) {
                sums[i] = fma_real8(a_tile[q * ROWS + own_row + i], b_values, sums[i]);
            }
        }
        BARRIER();
    }
    UNROLL
    for (i32 i = 0; i < 8; i++) {
        const i64 row = first_row + own_row + i;
        if (own_row + i < rows) {
            real x[8];
            store_real8(sums[i], x);
            for (i32 j = 0; j < 8 && own_column * 8 + j < columns; j++) {
                const i64 column = first_column + own_column * 8 + j;
