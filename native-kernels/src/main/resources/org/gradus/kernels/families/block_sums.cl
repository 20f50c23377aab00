/* The sum of each block of elements, or of their squares; a group per block. */
KERNEL(KERNEL_NAME, GROUP_SIZE)(
        GLOBAL const TYPE(input) *input, GLOBAL TYPE(sums) *sums, const WORDS(COUNT) w) {
    LOCAL_ARRAY(float, s, GROUP_SIZE);
    WORD_NAMES
    const ix first = (ix)GROUP_ID * block;
    const ix end = first + block < elements ? first + block : elements;
    float sum = 0.0f;
    for (ix i = first + LOCAL_ID; i < end; i += GROUP_SIZE) {
        const float x = LOAD(input, input_at + i);
        sum = SQUARES ? fma_f32(x, x, sum) : sum + x;
    }
    sum = group_sum(s, GROUP_SIZE, sum);
    if (LOCAL_ID == 0) {
        STORE(sums, sums_at + (ix)GROUP_ID, sum);
    }
}
