/*
 * The gradient of one step of a recurrent cell, a work-item for each unit of each sequence. carried
 * has the gradient of the states after the step that comes from later steps, and gets what of the
 * states before it does not come through R h.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(previous) *previous,
#if HAS_LENGTHS
        GLOBAL const TYPE(lengths) *lengths,
#endif
        GLOBAL const TYPE(states) *states,
        GLOBAL const TYPE(kept) *kept,
        GLOBAL TYPE(inputs) *inputs,
#if HAS_RECURRENT
        GLOBAL TYPE(recurrent) *recurrent,
#endif
        GLOBAL TYPE(carried) *carried,
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix item = (ix)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ix n = item / hidden;
    const ix unit = item - n * hidden;
    if (n < batch) {
#if HAS_LENGTHS
        const i32 ended = LOAD(lengths, lengths_at + n) <= (i64)step;
#else
        const i32 ended = 0;
#endif
        const ix to = inputs_at + n * (GATES * hidden) + unit;
        const ix from = kept_at + n * (KEPT * hidden) + unit;
        const float dh = LOAD(gradient, gradient_at + item) + LOAD(carried, item);
        float dx[GATES];
#if CELL == TANH || CELL == RELU
        const float next = LOAD(kept, from);
        dx[0] = CELL == TANH ? dh * (1.0f - next * next) : next > 0.0f ? dh : 0.0f;
        STORE(carried, item, ended ? dh : 0.0f);
#elif CELL == LSTM
        const float i = LOAD(kept, from);
        const float f = LOAD(kept, from + hidden);
        const float g = LOAD(kept, from + 2 * hidden);
        const float o = LOAD(kept, from + 3 * hidden);
        const float c = LOAD(previous, previous_at + item + previous_state);
        const float next = tanh_f32(LOAD(states, states_at + item + next_state));
        const ix cell = batch * hidden + item;
        const float later = LOAD(gradient, gradient_at + item + next_state) + LOAD(carried, cell);
        const float dc = fma_f32(dh * o, 1.0f - next * next, later);
        dx[0] = dc * g * i * (1.0f - i);
        dx[1] = dc * c * f * (1.0f - f);
        dx[2] = dc * i * (1.0f - g * g);
        dx[3] = dh * next * o * (1.0f - o);
        STORE(carried, item, ended ? dh : 0.0f);
        STORE(carried, cell, ended ? later : dc * f);
#else
        const float r = LOAD(kept, from);
        const float z = LOAD(kept, from + hidden);
        const float candidate = LOAD(kept, from + 2 * hidden);
        const float share = LOAD(kept, from + 3 * hidden);
        const float h = LOAD(previous, previous_at + item);
        const float inner = dh * (1.0f - z) * (1.0f - candidate * candidate);
        dx[0] = inner * share * r * (1.0f - r);
        dx[1] = dh * (h - candidate) * z * (1.0f - z);
        dx[2] = inner;
        STORE(carried, item, ended ? dh : dh * z);
#endif
        for (i32 gate = 0; gate < GATES; gate++) {
            STORE(inputs, to + gate * hidden, ended ? 0.0f : dx[gate]);
#if HAS_RECURRENT
            const float through = gate == 2 ? dx[gate] * r : dx[gate];
            STORE(recurrent, recurrent_at + n * (GATES * hidden) + unit + gate * hidden,
                ended ? 0.0f : through);
#endif
        }
    }
}
