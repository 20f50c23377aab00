/*
 * The elements of one part of one channel of [outer, channels, inner], shared among its lanes.
 * A group has LANE_STRIDE channels; parts are part_length outer indices, the last one fewer.
 */
#define CHANNEL_PART                                                                               \
    const ix channel_groups = (channels + LANE_STRIDE - 1) / LANE_STRIDE;                          \
    const ix part = (ix)(GROUP_ID / channel_groups);                                               \
    const ix channel =                                                                             \
        (ix)(GROUP_ID - (i64)part * channel_groups) * LANE_STRIDE + LOCAL_ID % LANE_STRIDE;        \
    const ix first = part * part_length;                                                           \
    const ix end = first + part_length < outer ? part_length : outer - first;                      \
    const ix row_step = LANES / inner;                                                             \
    const ix column_step = LANES - row_step * inner;                                               \
    const ix first_row = LANE / inner;

/* Runs statements with the position of each of a work-item's elements as at. */
#define FOR_EACH_ELEMENT(STATEMENTS)                                                               \
    if (channel < channels) {                                                                      \
        ix column = LANE - first_row * inner;                                                      \
        for (ix row = first_row; row < end;) {                                                     \
            const ix at = ((first + row) * channels + channel) * inner + column;                   \
            STATEMENTS                                                                             \
            row += row_step;                                                                       \
            column += column_step;                                                                 \
            if (column >= inner) {                                                                 \
                column -= inner;                                                                   \
                row++;                                                                             \
            }                                                                                      \
        }                                                                                          \
    }

