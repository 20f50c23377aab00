/* log(exp(a) + exp(b) + exp(c)); minus infinity is the logarithm of nothing */
FN float log_sum(float a, float b, float c) {
    const float peak = maximum_f32(a, maximum_f32(b, c));
    const float rest = exp_f32(a - peak) + exp_f32(b - peak) + exp_f32(c - peak);
    return peak == -F32_INFINITY ? peak : peak + log_f32(rest);
}

/* whether a target is one: its length is between none and all of the labels */
FN i32 is_target(i64 count, i64 length) { return count >= 0 && count <= length; }
