/*
 * The log-likelihoods of all beginnings up to each time and place of a sequence, a group for each,
 * or, in reverse, of all endings: the same, from the last time and place to the first. Without
 * REVERSE the losses, too. Place 2 i + 1 is label i, and others are blanks.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(logs) *logs,
        GLOBAL const TYPE(labels) *labels,
        GLOBAL const TYPE(counts) *counts,
        GLOBAL const TYPE(lengths) *lengths,
        GLOBAL TYPE(sums) *sums,
#if HAS_LOSSES
        GLOBAL TYPE(losses) *losses,
#endif
        GLOBAL i32 *fault,
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix n = (ix)GROUP_ID;
    const i64 count = LOAD(counts, counts_at + n);
    const i64 labelled = LOAD(lengths, lengths_at + n);
    const i32 exists = is_target(labelled, length);
    const i32 valid = count == 0 || index_is_valid(count - 1, times, 0, fault);
    const ix steps = exists && valid ? (ix)count : 0;
    const ix last = exists ? 2 * (ix)labelled : 0;
    const ix target = labels_at + n * length;
    const ix rows = n * times;
    for (ix i = 0; i < steps; i++) {
        const ix t = REVERSE ? steps - 1 - i : i;
        const ix row = sums_at + (rows + t) * places;
        const ix before = REVERSE ? row + places : row - places;
        /* p counts the places in the order in which they are gone through */
        for (ix p = LOCAL_ID; p <= last; p += GROUP_SIZE) {
            const ix place = REVERSE ? last - p : p;
            const ix from = REVERSE ? place + 1 : place - 1;
            const ix over = REVERSE ? place + 2 : place - 2;
            const i64 label = place % 2 == 1 ? LOAD(labels, target + place / 2) : (i64)blank;
            float sum = p < 2 ? 0.0f : -F32_INFINITY;
            if (i > 0) {
                const i64 other =
                    p > 1 && place % 2 == 1 ? LOAD(labels, target + over / 2) : label;
                /* a blank is left out where the label after it is another one */
                const i32 skips = other != label && (REVERSE ? other : label) != blank;
                sum = log_sum(
                    LOAD(sums, before + place),
                    p > 0 ? LOAD(sums, before + from) : -F32_INFINITY,
                    skips ? LOAD(sums, before + over) : -F32_INFINITY);
            }
            /* each label is checked once */
            const i32 is_class = i == 0
                ? index_is_valid(label, classes, 2, fault)
                : label >= 0 && label < classes;
            const ix at = logs_at + (t * batch + n) * classes;
            STORE(sums, row + place, is_class ? sum + LOAD(logs, at + (ix)label) : F32_NAN);
        }
        GLOBAL_BARRIER();
    }
#if HAS_LOSSES
    if (LOCAL_ID == 0) {
        float likelihood = count == 0 && labelled == 0 ? 0.0f : -F32_INFINITY;
        if (steps > 0) {
            const ix end = sums_at + (rows + steps - 1) * places + last;
            likelihood = log_sum(
                LOAD(sums, end), last > 0 ? LOAD(sums, end - 1) : -F32_INFINITY, -F32_INFINITY);
        }
        STORE(losses, losses_at + n, valid ? 0.0f - likelihood : F32_NAN);
    }
#endif
}
