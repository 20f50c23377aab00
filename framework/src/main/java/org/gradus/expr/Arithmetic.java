package org.gradus.expr;

import org.gradus.dtype.DType;

/**
 * The standard functions of arithmetic and of the mathematics library, defined as PyTorch defines
 * them. Functions that are real-valued by nature give {@code F32} for integers; for the derivatives
 * at kinks see {@link Derivative}.
 */
public final class Arithmetic {
    /** {@code a + b}. */
    public static final PointwiseFunction ADD = PointwiseFunction.of("add", Expr::add);

    /** {@code a - b}. */
    public static final PointwiseFunction SUBTRACT =
            PointwiseFunction.of("subtract", Expr::subtract);

    /** {@code a * b}. */
    public static final PointwiseFunction MULTIPLY =
            PointwiseFunction.of("multiply", Expr::multiply);

    /** {@code a / b}, the true quotient: {@code F32} for integers. */
    public static final PointwiseFunction DIVIDE =
            PointwiseFunction.of("divide", Arithmetic::quotient);

    /** The remainder of {@code a / b} with the sign of b, as Python's {@code %}. */
    public static final PointwiseFunction REMAINDER =
            PointwiseFunction.of("remainder", Expr::remainder);

    /** {@code a} to the power of {@code b}, floating. */
    public static final PointwiseFunction POWER = PointwiseFunction.of("power", Expr::power);

    /** The smaller of a and b; NaN if either is. */
    public static final PointwiseFunction MINIMUM = PointwiseFunction.of("minimum", Expr::minimum);

    /** The larger of a and b; NaN if either is. */
    public static final PointwiseFunction MAXIMUM = PointwiseFunction.of("maximum", Expr::maximum);

    /** {@code -x}. */
    public static final PointwiseFunction NEGATE = PointwiseFunction.of("negate", Expr::negate);

    /** {@code |x|}. */
    public static final PointwiseFunction ABS = PointwiseFunction.of("abs", Expr::abs);

    /** -1, 0 or 1. */
    public static final PointwiseFunction SIGN = PointwiseFunction.of("sign", Expr::sign);

    /** {@code 1 / x}. */
    public static final PointwiseFunction RECIPROCAL =
            PointwiseFunction.of("reciprocal", Expr::reciprocal);

    /** {@code x * x}. */
    public static final PointwiseFunction SQUARE = PointwiseFunction.of("square", Expr::square);

    /** The square root. */
    public static final PointwiseFunction SQRT = PointwiseFunction.of("sqrt", Expr::sqrt);

    /** {@code 1 / sqrt(x)}. */
    public static final PointwiseFunction RSQRT = PointwiseFunction.of("rsqrt", Expr::rsqrt);

    /** e to the power of x. */
    public static final PointwiseFunction EXP = PointwiseFunction.of("exp", Expr::exp);

    /** {@code exp(x) - 1}, accurate near 0. */
    public static final PointwiseFunction EXPM1 = PointwiseFunction.of("expm1", Expr::expm1);

    /** The natural logarithm. */
    public static final PointwiseFunction LOG = PointwiseFunction.of("log", Expr::log);

    /** {@code log(1 + x)}, accurate near 0. */
    public static final PointwiseFunction LOG1P = PointwiseFunction.of("log1p", Expr::log1p);

    /** The sine of an angle in radians. */
    public static final PointwiseFunction SIN = PointwiseFunction.of("sin", Expr::sin);

    /** The cosine of an angle in radians. */
    public static final PointwiseFunction COS = PointwiseFunction.of("cos", Expr::cos);

    /** The tangent of an angle in radians. */
    public static final PointwiseFunction TAN =
            PointwiseFunction.of("tan", x -> x.sin().divide(x.cos()));

    /** The hyperbolic sine, accurate near 0. */
    public static final PointwiseFunction SINH =
            PointwiseFunction.of("sinh", x -> x.expm1().subtract(x.negate().expm1()).multiply(0.5));

    /** The hyperbolic cosine. */
    public static final PointwiseFunction COSH =
            PointwiseFunction.of("cosh", x -> x.exp().add(x.negate().exp()).multiply(0.5));

    /** The hyperbolic tangent. */
    public static final PointwiseFunction TANH = PointwiseFunction.of("tanh", Expr::tanh);

    /** The error function. */
    public static final PointwiseFunction ERF = PointwiseFunction.of("erf", Expr::erf);

    /** The largest integral value not above x. */
    public static final PointwiseFunction FLOOR = PointwiseFunction.of("floor", Expr::floor);

    /** The smallest integral value not below x. */
    public static final PointwiseFunction CEIL = PointwiseFunction.of("ceil", Expr::ceil);

    /** The nearest integral value, ties to even. */
    public static final PointwiseFunction ROUND = PointwiseFunction.of("round", Expr::round);

    /**
     * x limited to the scalars {@code min} and {@code max}; {@code max} if that is less than {@code
     * min}. The derivative is 1 at both limits.
     */
    public static final PointwiseFunction CLAMP =
            PointwiseFunction.of("clamp", 1, 2, (x, s) -> clamp(x.get(0), s.get(0), s.get(1)));

    /** {@code a + weight * (b - a)} for a scalar weight, and exactly b for the weight 1. */
    public static final PointwiseFunction LERP =
            PointwiseFunction.of("lerp", 2, 1, (x, s) -> lerp(x.get(0), x.get(1), s.get(0)));

    private Arithmetic() {}

    private static Expr quotient(Expr a, Expr b) {
        boolean floating = a.dtype().isFloating() || b.dtype().isFloating();
        return (floating ? a : a.cast(DType.F32)).divide(b);
    }

    /** By comparisons, not by minimum and maximum, so that the limits have a whole derivative. */
    private static Expr clamp(Expr x, Expr min, Expr max) {
        Expr raised = x.lessThan(min).select(min, x);
        return raised.greaterThan(max).select(max, raised);
    }

    private static Expr lerp(Expr a, Expr b, Expr weight) {
        Expr difference = b.subtract(a);
        Expr fromStart = a.add(weight.multiply(difference));
        Expr fromEnd = b.subtract(difference.multiply(weight.literal(1).subtract(weight)));
        return weight.lessThan(0.5).select(fromStart, fromEnd);
    }
}
