/* The loss of each row, and the logarithm of its sum of exponentials; LANES work-items per row. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(logits) *logits,
        GLOBAL const i64 *labels,
        GLOBAL TYPE(losses) *losses,
        GLOBAL TYPE(sums) *sums,
        GLOBAL i32 *fault,
        const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix row = (ix)GROUP_ID * (GROUP_SIZE / LANES) + LOCAL_ID / LANES;
    const ix end = row < rows ? classes : 0;
    const ix from = logits_at + row * classes;
    float largest = -F32_INFINITY;
    for (ix i = LANE; i < end; i += LANES) {
        largest = maximum_f32(largest, LOAD(logits, from + i));
    }
    largest = lanes_maximum(s, largest);
    float sum = 0.0f;
    for (ix i = LANE; i < end; i += LANES) {
        sum += exp_f32(LOAD(logits, from + i) - largest);
    }
    sum = lanes_sum(s, sum);
    if (LANE == 0 && row < rows) {
        const i64 label = labels[labels_at + row * labels_n];
        const i32 valid = index_is_valid(label, classes, 1, fault);
        const float rest = log_f32(sum);
        STORE(losses, losses_at + row,
            valid ? rest + (largest - LOAD(logits, from + (ix)label)) : F32_NAN);
        STORE(sums, sums_at + row, largest + rest);
    }
}
