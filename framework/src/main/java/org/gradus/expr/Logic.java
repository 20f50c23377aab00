package org.gradus.expr;

import org.gradus.dtype.DType;

/**
 * Comparisons, logic and selection. Comparisons and logic give {@code BOOL}; numbers count as true
 * where they are not 0. Only {@link #WHERE} has derivatives other than 0.
 */
public final class Logic {
    /** {@code a == b}; false if either is NaN. */
    public static final PointwiseFunction EQUAL = PointwiseFunction.of("equal", Expr::equalTo);

    /** {@code a != b}; true if either is NaN. */
    public static final PointwiseFunction NOT_EQUAL =
            PointwiseFunction.of("notEqual", Expr::notEqualTo);

    /** {@code a < b}. */
    public static final PointwiseFunction LESS =
            PointwiseFunction.of("less", (a, b) -> a.lessThan(b));

    /** {@code a <= b}. */
    public static final PointwiseFunction LESS_OR_EQUAL =
            PointwiseFunction.of("lessOrEqual", (a, b) -> a.lessOrEqual(b));

    /** {@code a > b}. */
    public static final PointwiseFunction GREATER =
            PointwiseFunction.of("greater", (a, b) -> a.greaterThan(b));

    /** {@code a >= b}. */
    public static final PointwiseFunction GREATER_OR_EQUAL =
            PointwiseFunction.of("greaterOrEqual", (a, b) -> a.greaterOrEqual(b));

    /** Whether a and b are both true. */
    public static final PointwiseFunction AND =
            PointwiseFunction.of("logicalAnd", (a, b) -> truth(a).and(truth(b)));

    /** Whether a or b or both are true. */
    public static final PointwiseFunction OR =
            PointwiseFunction.of("logicalOr", (a, b) -> truth(a).or(truth(b)));

    /** Whether exactly one of a and b is true. */
    public static final PointwiseFunction XOR =
            PointwiseFunction.of("logicalXor", (a, b) -> truth(a).xor(truth(b)));

    /** Whether x is false. */
    public static final PointwiseFunction NOT =
            PointwiseFunction.of("logicalNot", x -> truth(x).not());

    /** Whether x is NaN. */
    public static final PointwiseFunction IS_NAN =
            PointwiseFunction.of("isNaN", x -> x.notEqualTo(x));

    /** Whether x is neither infinite nor NaN. */
    public static final PointwiseFunction IS_FINITE =
            PointwiseFunction.of("isFinite", x -> x.abs().lessThan(Double.POSITIVE_INFINITY));

    /**
     * {@code condition ? a : b}. The gradient of the one not chosen is 0, also where the incoming
     * gradient is infinite or NaN.
     */
    public static final PointwiseFunction WHERE =
            PointwiseFunction.of("where", (condition, a, b) -> truth(condition).select(a, b));

    private Logic() {}

    private static Expr truth(Expr x) {
        return x.cast(DType.BOOL);
    }
}
