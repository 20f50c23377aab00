/*
 * Products of matrices by tiles, whose results stay in registers. A group has 64 work-items, 8 by
 * 8; each has 4 rows and 8 columns of a tile of ROWS by COLUMNS.
 */
#define ROWS 32
#define COLUMNS 64
/* what is in local memory at once along the axis that is summed over */
#define DEPTH 32
/* one more than needed, so that neighbours down a column are in different banks */
#define ROW_WIDTH (ROWS + 1)
#define COLUMN_WIDTH (COLUMNS + 1)

#define OWN_ROW (LOCAL_ID / 8 * 4)
#define OWN_COLUMNS (LOCAL_ID % 8)

/* Loads rows FIRST on of a matrix, from column START on, transposed; 0 beyond COUNT and SIZE. */
#define LOAD_TRANSPOSED(TILE, WIDTH, LENGTH, POINTER, FROM, STEP, FIRST, COUNT, START, SIZE)       \
    for (i32 t = LOCAL_ID; t < DEPTH * LENGTH; t += GROUP_SIZE) {                                  \
        const i32 d = t % DEPTH;                                                                   \
        const i32 i = t / DEPTH;                                                                   \
        TILE[d * WIDTH + i] = (FIRST) + i < (COUNT) && (START) + d < (SIZE)                        \
            ? LOAD(POINTER, (FROM) + ((FIRST) + i) * (STEP) + (START) + d) : 0.0f;                 \
    }

/* Loads DEPTH rows from FIRST on and COLUMNS columns from START on; 0 beyond COUNT and SIZE. */
#define LOAD_ROWS(TILE, POINTER, FROM, STEP, FIRST, COUNT, START, SIZE)                            \
    for (i32 t = LOCAL_ID; t < DEPTH * COLUMNS; t += GROUP_SIZE) {                                 \
        const i32 d = t / COLUMNS;                                                                 \
        const i32 j = t % COLUMNS;                                                                 \
        TILE[d * COLUMN_WIDTH + j] = (FIRST) + d < (COUNT) && (START) + j < (SIZE)                 \
            ? LOAD(POINTER, (FROM) + ((FIRST) + d) * (STEP) + (START) + j) : 0.0f;                 \
    }

/* Adds the product of two tiles to a work-item's SUMS, four times eight numbers. */
#define ADD_PRODUCT(SUMS, LEFT, RIGHT)                                                             \
    for (i32 d = 0; d < DEPTH; d++) {                                                              \
        const float8 right_values = load_float8(OWN_COLUMNS, (RIGHT) + d * COLUMN_WIDTH);          \
        UNROLL                                                                                     \
        for (i32 i = 0; i < 4; i++) {                                                              \
            (SUMS)[i] = fma_float8(                                                                \
                (LEFT)[d * ROW_WIDTH + OWN_ROW + i], right_values, (SUMS)[i]);                     \
        }                                                                                          \
    }

/* Makes of SUMS a row of LEFT times a row of RIGHT, for each row of either tile. */
#define MULTIPLY_ROWS(SUMS, LEFT, LEFT_FROM, LEFT_STEP, FIRST_ROW, ROW_COUNT,                      \
                      RIGHT, RIGHT_FROM, RIGHT_STEP, FIRST_COLUMN, COLUMN_COUNT, SIZE)             \
    UNROLL                                                                                         \
    for (i32 i = 0; i < 4; i++) {                                                                  \
        SUMS[i] = zero_float8();                                                                   \
    }                                                                                              \
    for (ix start = 0; start < SIZE; start += DEPTH) {                                             \
        LOAD_TRANSPOSED(row_tile, ROW_WIDTH, ROWS, LEFT, LEFT_FROM, LEFT_STEP,                     \
                        FIRST_ROW, ROW_COUNT, start, SIZE)                                         \
        LOAD_TRANSPOSED(column_tile, COLUMN_WIDTH, COLUMNS, RIGHT, RIGHT_FROM, RIGHT_STEP,         \
                        FIRST_COLUMN, COLUMN_COUNT, start, SIZE)                                   \
        BARRIER();                                                                                 \
        ADD_PRODUCT(SUMS, row_tile, column_tile)                                                   \
        BARRIER();                                                                                 \
    }

/* Stores a work-item's SUMS in a tile, COLUMNS by ROW_WIDTH, for all of the group to see. */
#define SHARE_SUMS(TILE, SUMS)                                                                     \
    UNROLL                                                                                         \
    for (i32 i = 0; i < 4; i++) {                                                                  \
        float numbers[8];                                                                          \
        store_float8(SUMS[i], numbers);                                                            \
        UNROLL                                                                                     \
        for (i32 j = 0; j < 8; j++) {                                                              \
            TILE[(OWN_COLUMNS * 8 + j) * ROW_WIDTH + OWN_ROW + i] = numbers[j];                    \
        }                                                                                          \
    }                                                                                              \
    BARRIER();

/* For single numbers of the tile a work-item has half of a row: fewer of them are compiled. */
#define SINGLE_ROW (LOCAL_ID % ROWS)
#define FIRST_SINGLE (LOCAL_ID / ROWS * (COLUMNS / 2))
#define END_SINGLE (FIRST_SINGLE + COLUMNS / 2)

/* Adds to RESULTS the weights of a tile times the rows of RIGHT that its columns stand for. */
#define ADD_WEIGHTED_ROWS(RESULTS, RIGHT, RIGHT_FROM, RIGHT_STEP, FIRST, COUNT, START, SIZE)       \
    UNROLL                                                                                         \
    for (i32 chunk = 0; chunk < CHUNKS; chunk++) {                                                 \
        for (i32 from = 0; from < COLUMNS; from += DEPTH) {                                        \
            LOAD_ROWS(column_tile, RIGHT, RIGHT_FROM, RIGHT_STEP,                                  \
                      (FIRST) + from, COUNT, (START) + chunk * COLUMNS, SIZE)                      \
            BARRIER();                                                                             \
            ADD_PRODUCT(RESULTS + 4 * chunk, weights + from * ROW_WIDTH, column_tile)              \
            BARRIER();                                                                             \
        }                                                                                          \
    }

/* Stores a work-item's rows of RESULTS, the i-th times FACTOR. */
#define STORE_ROWS(RESULTS, FACTOR, POINTER, FROM, STEP, FIRST, COUNT, START, SIZE)               \
    UNROLL                                                                                         \
    for (i32 chunk = 0; chunk < CHUNKS; chunk++) {                                                 \
        UNROLL                                                                                     \
        for (i32 i = 0; i < 4; i++) {                                                              \
            float numbers[8];                                                                      \
            store_float8(RESULTS[4 * chunk + i], numbers);                                         \
            const ix row = (FIRST) + OWN_ROW + i;                                                  \
            for (i32 j = 0; j < 8; j++) {                                                          \
                const ix column = (START) + chunk * COLUMNS + OWN_COLUMNS * 8 + j;                 \
                if (row < (COUNT) && column < (SIZE)) {                                            \
                    STORE(POINTER, (FROM) + row * (STEP) + column, numbers[j] * (FACTOR));          \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

