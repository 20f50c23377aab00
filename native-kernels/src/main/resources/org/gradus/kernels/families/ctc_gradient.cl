/*
 * The gradient of the log-probabilities of a time of a sequence, a group for each. All places of a
 * label are added by one work-item, those of the blank by all; so the order is always the same.
 */

/* how likely a place is: the sums of what is before and after have its logarithm twice */
FN float likelihood_of(float sum, float ending, float log, float loss) {
    return sum == -F32_INFINITY || ending == -F32_INFINITY
        ? 0.0f
        : exp_f32(sum + (ending - log) + loss);
}
#define OCCUPANCY(PLACE, LOG)                                                                      \
    likelihood_of(                                                                                 \
        LOAD(sums, sums_at + row + (PLACE)), LOAD(endings, row + (PLACE)), LOG, loss)

KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(logs) *logs,
        GLOBAL const TYPE(labels) *labels,
        GLOBAL const TYPE(counts) *counts,
        GLOBAL const TYPE(lengths) *lengths,
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(losses) *losses,
        GLOBAL const TYPE(sums) *sums,
        GLOBAL const TYPE(endings) *endings,
        GLOBAL const TYPE(repeats) *repeats,
        GLOBAL TYPE(result) *result,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix t = (ix)GROUP_ID / batch;
    const ix n = (ix)GROUP_ID - t * batch;
    const ix at = logs_at + (t * batch + n) * classes;
    const ix to = result_at + (t * batch + n) * classes;
    const ix row = (n * times + t) * places;
    const ix target = labels_at + n * length;
    const float loss = LOAD(losses, losses_at + n);
    const float factor = -LOAD(gradient, gradient_at + n * gradient_n);
    const i64 counted = LOAD(lengths, lengths_at + n);
    const i32 counts_here = t < LOAD(counts, counts_at + n) && loss != F32_INFINITY
        && is_target(counted, length);
    const ix labelled = counts_here ? (ix)counted : 0;
    const float blank_log = LOAD(logs, at + blank);
    for (ix c = LOCAL_ID; c < classes; c += GROUP_SIZE) {
        STORE(result, to + c, 0.0f);
    }
    float blanks = 0.0f;
    for (ix i = LOCAL_ID; i <= labelled && counts_here; i += GROUP_SIZE) {
        blanks += OCCUPANCY(2 * i, blank_log);
        if (i < labelled && LOAD(labels, target + i) == blank) {
            blanks += OCCUPANCY(2 * i + 1, blank_log);
        }
    }
    blanks = group_sum(s, GROUP_SIZE, blanks);
    GLOBAL_BARRIER();
    if (LOCAL_ID == 0) {
        STORE(result, to + blank, factor * blanks);
    }
    for (ix i = LOCAL_ID; i < labelled; i += GROUP_SIZE) {
        const i64 label = LOAD(labels, target + i);
        const i32 is_class = label >= 0 && label < classes && label != blank;
        if (is_class && LOAD(repeats, (2 * n + 1) * length + i)) {
            const float log = LOAD(logs, at + (ix)label);
            float sum = 0.0f;
            for (i32 k = (i32)i; k >= 0; k = LOAD(repeats, 2 * n * length + k)) {
                sum += OCCUPANCY(2 * k + 1, log);
            }
            STORE(result, to + (ix)label, factor * sum);
        }
    }
}
