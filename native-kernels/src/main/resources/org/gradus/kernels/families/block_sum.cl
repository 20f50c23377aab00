/* The sum of the sums of blocks, by one group. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(sums) *sums, GLOBAL TYPE(result) *result, const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    float sum = 0.0f;
    for (ix i = LOCAL_ID; i < count; i += GROUP_SIZE) {
        sum += LOAD(sums, i);
    }
    sum = group_sum(s, GROUP_SIZE, sum);
    if (LOCAL_ID == 0) {
        STORE(result, result_at, sum);
    }
}
