/*
 * A group's work-items are LANES that work on the same row or channel, times several rows or
 * channels. Neighbouring lanes are LANE_STRIDE work-items apart; both are powers of two.
 */
#ifdef LANES
#define LANE (LOCAL_ID / LANE_STRIDE % LANES)

/* Combines the values of the lanes, always in the same order; all of them get the result. */
#define DEFINE_LANES_REDUCE(NAME, COMBINE)                                                         \
    FN float NAME(LOCAL float *s, float x) {                                                       \
        s[LOCAL_ID] = x;                                                                           \
        BARRIER();                                                                                 \
        for (i32 half_lanes = LANES / 2; half_lanes > 0; half_lanes >>= 1) {                       \
            if (LANE < half_lanes) {                                                               \
                s[LOCAL_ID] = COMBINE(s[LOCAL_ID], s[LOCAL_ID + half_lanes * LANE_STRIDE]);        \
            }                                                                                      \
            BARRIER();                                                                             \
        }                                                                                          \
        const float result = s[LOCAL_ID - LANE * LANE_STRIDE];                                     \
        BARRIER();                                                                                 \
        return result;                                                                             \
    }
DEFINE_LANES_REDUCE(lanes_sum, add_f32)
DEFINE_LANES_REDUCE(lanes_maximum, maximum_f32)
#endif

