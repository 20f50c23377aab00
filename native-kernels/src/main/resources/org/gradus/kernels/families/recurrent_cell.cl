/*
 * One step of a recurrent cell, a work-item for each unit of each sequence: products has R h + b.
 * CELL says which; kept has what the gradient needs.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(inputs) *inputs,
        GLOBAL const TYPE(products) *products,
        GLOBAL const TYPE(previous) *previous,
#if HAS_LENGTHS
        GLOBAL const TYPE(lengths) *lengths,
#endif
        GLOBAL TYPE(states) *states,
        GLOBAL TYPE(kept) *kept,
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix item = (ix)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ix n = item / hidden;
    const ix unit = item - n * hidden;
    if (n < batch) {
        /* where the states of this unit are, before and after the step */
        const ix before = previous_at + item;
        const ix after = states_at + item;
#if HAS_LENGTHS
        const i32 ended = LOAD(lengths, lengths_at + n) <= (i64)step;
#else
        const i32 ended = 0;
#endif
        const float h = LOAD(previous, before);
        /* the gates of a unit are hidden apart */
        const ix from = inputs_at + n * (GATES * hidden) + unit;
        const ix at = n * (GATES * hidden) + unit;
        const ix to = kept_at + n * (KEPT * hidden) + unit;
#if CELL == TANH || CELL == RELU
        const float x = LOAD(inputs, from) + LOAD(products, at);
        const float next = CELL == TANH ? tanh_f32(x) : maximum_f32(x, 0.0f);
        STORE(kept, to, next);
        STORE(states, after, ended ? h : next);
#elif CELL == LSTM
        const float i = logistic(LOAD(inputs, from) + LOAD(products, at));
        const float f = logistic(LOAD(inputs, from + hidden) + LOAD(products, at + hidden));
        const float g = tanh_f32(
            LOAD(inputs, from + 2 * hidden) + LOAD(products, at + 2 * hidden));
        const float o = logistic(
            LOAD(inputs, from + 3 * hidden) + LOAD(products, at + 3 * hidden));
        const float c = LOAD(previous, before + previous_state);
        const float next = fma_f32(f, c, i * g);
        STORE(kept, to, i);
        STORE(kept, to + hidden, f);
        STORE(kept, to + 2 * hidden, g);
        STORE(kept, to + 3 * hidden, o);
        STORE(states, after, ended ? h : o * tanh_f32(next));
        STORE(states, after + next_state, ended ? c : next);
#else
        const float r = logistic(LOAD(inputs, from) + LOAD(products, at));
        const float z = logistic(LOAD(inputs, from + hidden) + LOAD(products, at + hidden));
        const float share = LOAD(products, at + 2 * hidden);
        const float candidate = tanh_f32(fma_f32(r, share, LOAD(inputs, from + 2 * hidden)));
        STORE(kept, to, r);
        STORE(kept, to + hidden, z);
        STORE(kept, to + 2 * hidden, candidate);
        STORE(kept, to + 3 * hidden, share);
        STORE(states, after, ended ? h : fma_f32(z, h - candidate, candidate));
#endif
    }
}
