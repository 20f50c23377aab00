/* The gradient of the logits, a work-item for each. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(gradient) *gradient,
        GLOBAL const TYPE(logits) *logits,
        GLOBAL const i64 *labels,
        GLOBAL const TYPE(sums) *sums,
        GLOBAL TYPE(result) *result,
        GLOBAL i32 *fault,
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix i = (ix)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ix row = i / classes;
    const ix c = i - row * classes;
    if (row < rows) {
        const i64 label = labels[labels_at + row * labels_n];
        const float factor = LOAD(gradient, gradient_at + row * gradient_n);
        const float probability = exp_f32(LOAD(logits, logits_at + i) - LOAD(sums, sums_at + row));
        STORE(result, result_at + i, probability * factor - (c == label ? factor : 0.0f));
        if (c == 0) {
            index_is_valid(label, classes, 1, fault);
        }
    }
}
