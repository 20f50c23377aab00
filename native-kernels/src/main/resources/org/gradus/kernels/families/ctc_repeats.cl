/*
 * Where else the labels of targets are, a work-item for each of them: first where the same label is
 * next, or -1; behind those of a target, whether it is the first of its kind.
 */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(labels) *labels,
        GLOBAL const TYPE(lengths) *lengths,
        GLOBAL TYPE(repeats) *repeats,
        const WORDS(COUNT) w) {
    WORD_NAMES
    const ix item = (ix)GROUP_ID * GROUP_SIZE + LOCAL_ID;
    const ix n = item / length;
    const ix i = item - n * length;
    if (n < batch) {
        const i64 counted = LOAD(lengths, lengths_at + n);
        const ix count = is_target(counted, length) ? (ix)counted : 0;
        const ix target = labels_at + n * length;
        const i64 label = LOAD(labels, target + i);
        i32 is_first = 1;
        for (ix k = 0; k < i && is_first; k++) {
            is_first = LOAD(labels, target + k) != label;
        }
        ix next = i + 1;
        while (next < count && LOAD(labels, target + next) != label) {
            next++;
        }
        STORE(repeats, 2 * n * length + i, next < count ? (i32)next : -1);
        STORE(repeats, (2 * n + 1) * length + i, is_first);
    }
}
