package org.gradus.expr;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.gradus.dtype.DType;

/**
 * A pointwise expression: an immutable graph of {@link Op}s over numbered inputs. Nodes are shared,
 * not copied, where the same object is used twice.
 *
 * <p>The fluent methods promote operands as {@link DType#promote} says. The type of a node is the
 * type of its value: arithmetic nodes always have a {@linkplain DType#computeType() compute type};
 * an input or a cast may have a storage type ({@code BF16}, {@code F16}, {@code U8}), which widens
 * on use.
 */
public final class Expr {
    private final Op op;
    private final DType dtype;
    private final long payload;
    private final List<Expr> operands;

    private Expr(Op op, DType dtype, long payload, List<Expr> operands) {
        this.op = op;
        this.dtype = dtype;
        this.payload = payload;
        this.operands = operands;
    }

    // ---- leaves

    /**
     * Returns a literal of the compute type of {@code dtype}, converted as {@link Op#CAST}
     * converts: an {@code F32} literal is rounded to single precision, an integer one truncated.
     */
    public static Expr constant(double value, DType dtype) {
        DType type = dtype.computeType();
        long payload =
                switch (type) {
                    case F32 -> Scalars.encode((float) value, type);
                    case I32 -> (int) value;
                    case BOOL -> value != 0 ? 1 : 0;
                    default -> Scalars.encode(value, type);
                };
        return new Expr(Op.CONSTANT, type, payload, List.of());
    }

    /** Returns the element of input {@code index}, stored as {@code dtype}. */
    public static Expr input(int index, DType dtype) {
        return new Expr(Op.INPUT, dtype, index, List.of());
    }

    /** Returns the kernel argument {@code index}. */
    public static Expr scalar(int index, DType dtype) {
        return new Expr(Op.SCALAR, dtype.computeType(), index, List.of());
    }

    /** Returns the row-major linear index of the current element, an {@code I64}. */
    public static Expr index() {
        return new Expr(Op.INDEX, DType.I64, 0, List.of());
    }

    /** Returns 32 random bits; see {@link Op#RANDOM_BITS}. */
    public static Expr randomBits(Expr key, Expr counter) {
        return new Expr(
                Op.RANDOM_BITS,
                DType.I32,
                0,
                List.of(key.cast(DType.I64), counter.cast(DType.I64)));
    }

    /**
     * Returns a uniform random number in [0, 1), a multiple of 2⁻²⁴: the upper 24 of 32 random
     * bits.
     */
    public static Expr uniform(Expr key, Expr counter) {
        Expr bits = randomBits(key, counter).shiftRight(constant(8, DType.I32));
        return bits.cast(DType.F32).multiply(0x1p-24);
    }

    // ---- structure

    /** Returns what this node computes. */
    public Op op() {
        return op;
    }

    /** Returns the type of this node's value. */
    public DType dtype() {
        return dtype;
    }

    /**
     * Returns the number of an input or scalar, or the bits of a constant as {@link Scalars}
     * encodes them; 0 for all other nodes.
     */
    public long payload() {
        return payload;
    }

    /** Returns the operands, as many as the op's arity. */
    public List<Expr> operands() {
        return operands;
    }

    /** Returns whether this is a literal with the given value. */
    public boolean isConstant(double value) {
        return op == Op.CONSTANT && constantValue() == value;
    }

    /**
     * Returns the value of a literal.
     *
     * @throws IllegalStateException if this is no literal
     */
    public double constantValue() {
        if (op != Op.CONSTANT) {
            throw new IllegalStateException("only a literal has a known value, not " + this);
        }
        return Scalars.decode(payload, dtype);
    }

    // ---- arithmetic

    /** Returns {@code -this}. */
    public Expr negate() {
        return unary(Op.NEGATE);
    }

    /** Returns the absolute value. */
    public Expr abs() {
        return unary(Op.ABSOLUTE);
    }

    /** Returns -1, 0 or 1. */
    public Expr sign() {
        return unary(Op.SIGN);
    }

    /** Returns {@code 1 / this}. */
    public Expr reciprocal() {
        return floating(Op.RECIPROCAL);
    }

    /** Returns the square root. */
    public Expr sqrt() {
        return floating(Op.SQRT);
    }

    /** Returns the reciprocal of the square root. */
    public Expr rsqrt() {
        return floating(Op.RSQRT);
    }

    /** Returns e to the power of this. */
    public Expr exp() {
        return floating(Op.EXP);
    }

    /** Returns {@code exp(this) - 1}. */
    public Expr expm1() {
        return floating(Op.EXPM1);
    }

    /** Returns the natural logarithm. */
    public Expr log() {
        return floating(Op.LOG);
    }

    /** Returns {@code log(1 + this)}. */
    public Expr log1p() {
        return floating(Op.LOG1P);
    }

    /** Returns the sine. */
    public Expr sin() {
        return floating(Op.SIN);
    }

    /** Returns the cosine. */
    public Expr cos() {
        return floating(Op.COS);
    }

    /** Returns the hyperbolic tangent. */
    public Expr tanh() {
        return floating(Op.TANH);
    }

    /** Returns the error function. */
    public Expr erf() {
        return floating(Op.ERF);
    }

    /** Returns the largest integral value not above this. */
    public Expr floor() {
        return unary(Op.FLOOR);
    }

    /** Returns the smallest integral value not below this. */
    public Expr ceil() {
        return unary(Op.CEIL);
    }

    /** Returns the nearest integral value, ties to even. */
    public Expr round() {
        return unary(Op.ROUND);
    }

    /** Returns the logical (bitwise for integers) complement. */
    public Expr not() {
        return unary(Op.NOT);
    }

    /** Returns the sum. */
    public Expr add(Expr other) {
        return binary(Op.ADD, other);
    }

    /** Returns the sum with a literal. */
    public Expr add(double other) {
        return binary(Op.ADD, number(other));
    }

    /** Returns the difference. */
    public Expr subtract(Expr other) {
        return binary(Op.SUBTRACT, other);
    }

    /** Returns the difference from a literal. */
    public Expr subtract(double other) {
        return binary(Op.SUBTRACT, number(other));
    }

    /** Returns the product. */
    public Expr multiply(Expr other) {
        return binary(Op.MULTIPLY, other);
    }

    /** Returns the product with a literal. */
    public Expr multiply(double other) {
        return binary(Op.MULTIPLY, number(other));
    }

    /** Returns the quotient. */
    public Expr divide(Expr other) {
        return binary(Op.DIVIDE, other);
    }

    /** Returns the quotient by a literal. */
    public Expr divide(double other) {
        return binary(Op.DIVIDE, number(other));
    }

    /** Returns the remainder with the sign of the divisor. */
    public Expr remainder(Expr other) {
        return binary(Op.REMAINDER, other);
    }

    /** Returns this to the power of {@code other}. */
    public Expr power(Expr other) {
        return binary(Op.POWER, other);
    }

    /** Returns the smaller of the two; NaN if either is. */
    public Expr minimum(Expr other) {
        return binary(Op.MINIMUM, other);
    }

    /** Returns the larger of the two; NaN if either is. */
    public Expr maximum(Expr other) {
        return binary(Op.MAXIMUM, other);
    }

    /** Returns this to the power of a literal. */
    public Expr power(double other) {
        return binary(Op.POWER, number(other));
    }

    /** Returns the smaller of this and a literal. */
    public Expr minimum(double other) {
        return binary(Op.MINIMUM, number(other));
    }

    /** Returns the larger of this and a literal. */
    public Expr maximum(double other) {
        return binary(Op.MAXIMUM, number(other));
    }

    /** Returns {@code this * this}. */
    public Expr square() {
        return multiply(this);
    }

    // ---- bits

    /** Returns the logical or bitwise and. */
    public Expr and(Expr other) {
        return binary(Op.AND, other);
    }

    /** Returns the logical or bitwise or. */
    public Expr or(Expr other) {
        return binary(Op.OR, other);
    }

    /** Returns the logical or bitwise exclusive or. */
    public Expr xor(Expr other) {
        return binary(Op.XOR, other);
    }

    /** Returns this shifted left by {@code bits}. */
    public Expr shiftLeft(Expr bits) {
        return binary(Op.SHIFT_LEFT, bits);
    }

    /** Returns this shifted right by {@code bits}, zeros coming in. */
    public Expr shiftRight(Expr bits) {
        return binary(Op.SHIFT_RIGHT, bits);
    }

    // ---- comparison and selection

    /** Returns {@code this == other}. */
    public Expr equalTo(Expr other) {
        return binary(Op.EQUAL, other);
    }

    /** Returns {@code this != other}: true if either is NaN. */
    public Expr notEqualTo(Expr other) {
        return equalTo(other).not();
    }

    /** Returns {@code this < other}. */
    public Expr lessThan(Expr other) {
        return binary(Op.LESS, other);
    }

    /** Returns {@code this < other} for a literal. */
    public Expr lessThan(double other) {
        return lessThan(number(other));
    }

    /** Returns {@code this <= other} for a literal. */
    public Expr lessOrEqual(double other) {
        return lessOrEqual(number(other));
    }

    /** Returns {@code this >= other} for a literal. */
    public Expr greaterOrEqual(double other) {
        return number(other).lessOrEqual(this);
    }

    /** Returns {@code this <= other}. */
    public Expr lessOrEqual(Expr other) {
        return binary(Op.LESS_EQUAL, other);
    }

    /** Returns {@code this > other}. */
    public Expr greaterThan(Expr other) {
        return other.lessThan(this);
    }

    /** Returns {@code this > other} for a literal. */
    public Expr greaterThan(double other) {
        return number(other).lessThan(this);
    }

    /** Returns {@code this >= other}. */
    public Expr greaterOrEqual(Expr other) {
        return other.lessOrEqual(this);
    }

    /**
     * Returns {@code this ? yes : no}.
     *
     * @throws IllegalArgumentException if this is not a {@code BOOL}
     */
    public Expr select(Expr yes, Expr no) {
        if (dtype != DType.BOOL) {
            throw new IllegalArgumentException(
                    "select needs a bool condition, not " + dtype + "; compare or cast it first");
        }
        DType type = yes.dtype.computeType().promote(no.dtype.computeType());
        return new Expr(Op.SELECT, type, 0, List.of(this, yes.cast(type), no.cast(type)));
    }

    /** Returns {@code this ? yes : no} with a literal second choice. */
    public Expr select(Expr yes, double no) {
        return select(yes, yes.number(no));
    }

    /** Returns {@code this ? yes : no} with a literal first choice. */
    public Expr select(double yes, Expr no) {
        return select(no.number(yes), no);
    }

    /** Returns this converted to another type; itself if the type is the same. */
    public Expr cast(DType type) {
        if (dtype == type) {
            return this;
        }
        if (op == Op.CONSTANT && type == type.computeType()) {
            boolean exact = !dtype.isFloating() && type == DType.I64;
            return exact ? new Expr(op, type, payload, operands) : constant(constantValue(), type);
        }
        return new Expr(Op.CAST, type, 0, List.of(this));
    }

    /** Returns a literal of this node's compute type, converted as {@link #constant} says. */
    public Expr literal(double value) {
        return constant(value, dtype);
    }

    /** Returns a literal that keeps its value even where this node's type cannot hold it. */
    private Expr number(double value) {
        Expr literal = literal(value);
        if (dtype.isFloating() || literal.constantValue() == value) {
            return literal;
        }
        boolean isInt = value == (int) value;
        return constant(value, isInt ? DType.I32 : value == (long) value ? DType.I64 : DType.F32);
    }

    // ---- construction

    /** Returns the same operation on as many other operands of the same types. */
    public Expr withOperands(List<Expr> replacements) {
        if (replacements.size() != operands.size()) {
            throw new IllegalArgumentException(
                    op + " has " + operands.size() + " operands, not " + replacements.size());
        }
        return operands.isEmpty() ? this : new Expr(op, dtype, payload, List.copyOf(replacements));
    }

    private Expr unary(Op operation) {
        DType type = dtype.computeType();
        if (type == DType.BOOL && operation != Op.NOT) {
            type = DType.I32;
        }
        checkBits(operation, type);
        return new Expr(operation, type, 0, List.of(cast(type)));
    }

    private Expr floating(Op operation) {
        DType type = dtype.isFloating() ? dtype.computeType() : DType.F32;
        return new Expr(operation, type, 0, List.of(cast(type)));
    }

    private Expr binary(Op operation, Expr other) {
        DType type = dtype.promote(other.dtype).computeType();
        boolean logical = operation == Op.AND || operation == Op.OR || operation == Op.XOR;
        if (type == DType.BOOL && !logical && !operation.isComparison()) {
            type = DType.I32;
        }
        if (operation == Op.POWER && !type.isFloating()) {
            type = DType.F32;
        }
        checkBits(operation, type);
        DType result = operation.isComparison() ? DType.BOOL : type;
        return new Expr(operation, result, 0, List.of(cast(type), other.cast(type)));
    }

    private static void checkBits(Op operation, DType type) {
        if (operation.isBitwise() && type.isFloating()) {
            throw new IllegalArgumentException(
                    lowerCase(operation)
                            + " needs bool or integer operands, not "
                            + type
                            + "; compare or cast them first");
        }
    }

    /** Returns the expression in prefix form, as in {@code add(input0:f32, 2.0)}; "..." if deep. */
    @Override
    public String toString() {
        return toString(8);
    }

    private String toString(int depth) {
        return switch (op) {
            case CONSTANT -> Scalars.toString(payload, dtype);
            case INPUT, SCALAR -> lowerCase(op) + payload + ":" + dtype;
            case INDEX -> lowerCase(op);
            default -> {
                String name = lowerCase(op) + (op == Op.CAST ? "<" + dtype + ">" : "");
                String arguments =
                        operands.stream()
                                .map(operand -> depth == 0 ? "..." : operand.toString(depth - 1))
                                .collect(Collectors.joining(", "));
                yield name + "(" + arguments + ")";
            }
        };
    }

    private static String lowerCase(Op op) {
        return op.name().toLowerCase(Locale.ROOT);
    }
}
