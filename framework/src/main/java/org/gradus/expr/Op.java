package org.gradus.expr;

/** What one node of a pointwise expression computes. The whole language a device must know. */
public enum Op {
    /** A literal of the program. */
    CONSTANT(0),
    /** The element of a numbered input at the current index. */
    INPUT(0),
    /** A numbered kernel argument: the same for all elements, may change from launch to launch. */
    SCALAR(0),
    /** The row-major linear index of the current element, {@code I64}. */
    INDEX(0),

    /** {@code -x}. */
    NEGATE(1),
    /** {@code |x|}. */
    ABSOLUTE(1),
    /** -1, 0 or 1; NaN for NaN. */
    SIGN(1),
    /** {@code 1 / x}, floating. */
    RECIPROCAL(1),
    /** Square root. */
    SQRT(1),
    /** {@code 1 / sqrt(x)}. */
    RSQRT(1),
    /** e to the x. */
    EXP(1),
    /** {@code exp(x) - 1}, accurate near 0. */
    EXPM1(1),
    /** Natural logarithm. */
    LOG(1),
    /** {@code log(1 + x)}, accurate near 0. */
    LOG1P(1),
    /** Sine. */
    SIN(1),
    /** Cosine. */
    COS(1),
    /** Hyperbolic tangent. */
    TANH(1),
    /** The error function. */
    ERF(1),
    /** Largest integral value not above x. */
    FLOOR(1),
    /** Smallest integral value not below x. */
    CEIL(1),
    /** Nearest integral value, ties to even. */
    ROUND(1),
    /** Logical not of a {@code BOOL}; bitwise not of an integer. */
    NOT(1),

    /** {@code a + b}. */
    ADD(2),
    /** {@code a - b}. */
    SUBTRACT(2),
    /** {@code a * b}. */
    MULTIPLY(2),
    /** {@code a / b}; integers truncate toward zero, and division by zero gives 0. */
    DIVIDE(2),
    /** Remainder with the sign of the divisor (Python's {@code %}); 0 for an integer divisor 0. */
    REMAINDER(2),
    /** a to the b, floating. */
    POWER(2),
    /** The smaller; NaN if either is NaN. */
    MINIMUM(2),
    /** The larger; NaN if either is NaN. */
    MAXIMUM(2),
    /** Logical (BOOL) or bitwise (integers) and. */
    AND(2),
    /** Logical or bitwise or. */
    OR(2),
    /** Logical or bitwise exclusive or. */
    XOR(2),
    /** {@code a << b} on integers, b taken modulo the width. */
    SHIFT_LEFT(2),
    /** {@code a >>> b} (zeros come in) on integers, b taken modulo the width. */
    SHIFT_RIGHT(2),
    /** {@code a == b}, a {@code BOOL}; false if either is NaN. */
    EQUAL(2),
    /** {@code a < b}, a {@code BOOL}; false if either is NaN. */
    LESS(2),
    /** {@code a <= b}, a {@code BOOL}; false if either is NaN. */
    LESS_EQUAL(2),
    /**
     * 32 random bits, an {@code I32}, of the Philox4x32-10 generator. Operands: a 64-bit key (its
     * low half is the first key word) and a 64-bit counter c. With block {@code c >>> 2} as the
     * first two counter words (low first; the other two are 0), it is output word {@code c & 3}.
     */
    RANDOM_BITS(2),

    /** {@code a ? b : c} with a {@code BOOL} condition. */
    SELECT(3),
    /**
     * Conversion to the node's type. Floating to integer truncates toward zero, saturating at the
     * limits of the integer type, NaN to 0; integer to integer keeps the low bits; to {@code BOOL}
     * is {@code != 0}; to a floating type rounds to nearest even.
     */
    CAST(1);

    private final int arity;

    Op(int arity) {
        this.arity = arity;
    }

    /** Returns the number of operands. */
    public int arity() {
        return arity;
    }

    /** Returns whether this costs an order of magnitude more than an addition. */
    public boolean isExpensive() {
        return switch (this) {
            case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, ERF, POWER, RANDOM_BITS, REMAINDER -> true;
            default -> false;
        };
    }

    /** Returns whether the result is a {@code BOOL} whatever the operands are. */
    public boolean isComparison() {
        return this == EQUAL || this == LESS || this == LESS_EQUAL;
    }

    /** Returns whether this works on the bits of integers, or on truth values, only. */
    public boolean isBitwise() {
        return switch (this) {
            case NOT, AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT -> true;
            default -> false;
        };
    }

    /** Returns whether the operands may be exchanged without any effect on the result. */
    public boolean isCommutative() {
        return switch (this) {
            case ADD, MULTIPLY, AND, OR, XOR, EQUAL -> true;
            default -> false;
        };
    }
}
