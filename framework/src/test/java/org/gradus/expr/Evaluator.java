package org.gradus.expr;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.dtype.DType;

/**
 * What an expression means, in plain Java: floating values as {@code Double}, rounded to the type
 * of their node, all others as {@code Long}.
 */
public final class Evaluator {
    private final List<? extends Number> inputs;
    private final List<? extends Number> scalars;
    private final long index;
    private final Map<Expr, Number> known = new IdentityHashMap<>();

    private Evaluator(List<? extends Number> inputs, List<? extends Number> scalars, long index) {
        this.inputs = inputs;
        this.scalars = scalars;
        this.index = index;
    }

    /** Returns the value of an expression without scalars and index. */
    public static double evaluate(Expr expression, double... inputs) {
        List<Double> boxed = Arrays.stream(inputs).boxed().toList();
        return evaluate(expression, boxed, List.of(), 0).doubleValue();
    }

    /** Returns the value of an expression for the element with a given row-major number. */
    public static Number evaluate(
            Expr expression,
            List<? extends Number> inputs,
            List<? extends Number> scalars,
            long index) {
        return new Evaluator(inputs, scalars, index).value(expression);
    }

    private Number value(Expr e) {
        Number value = known.get(e);
        if (value == null) {
            value = convert(compute(e), e.dtype());
            known.put(e, value);
        }
        return value;
    }

    private Number compute(Expr e) {
        List<Number> x = e.operands().stream().map(this::value).toList();
        return switch (e.op()) {
            case CONSTANT ->
                    e.dtype().isFloating() ? (Number) e.constantValue() : (Number) e.payload();
            case INPUT -> inputs.get((int) e.payload());
            case SCALAR -> scalars.get((int) e.payload());
            case INDEX -> index;
            case CAST -> x.get(0);
            case SELECT -> x.get(0).longValue() != 0 ? x.get(1) : x.get(2);
            case NOT -> e.dtype() == DType.BOOL ? 1 - x.get(0).longValue() : ~x.get(0).longValue();
            case RANDOM_BITS -> (long) Philox.word(x.get(0).longValue(), x.get(1).longValue());
            default -> {
                boolean floating = e.operands().get(0).dtype().isFloating();
                if (x.size() == 1) {
                    yield floating
                            ? (Number) unary(e.op(), x.get(0).doubleValue())
                            : (Number) unary(e.op(), x.get(0).longValue());
                }
                yield floating
                        ? (Number) binary(e.op(), x.get(0).doubleValue(), x.get(1).doubleValue())
                        : (Number)
                                binary(
                                        e.op(),
                                        e.dtype(),
                                        x.get(0).longValue(),
                                        x.get(1).longValue());
            }
        };
    }

    static double unary(Op op, double x) {
        return switch (op) {
            case NEGATE -> -x;
            case ABSOLUTE -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case RECIPROCAL -> 1 / x;
            case SQRT -> Math.sqrt(x);
            case RSQRT -> 1 / Math.sqrt(x);
            case EXP -> Math.exp(x);
            case EXPM1 -> Math.expm1(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TANH -> Math.tanh(x);
            case ERF -> erf(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            default -> throw new AssertionError(op);
        };
    }

    static long unary(Op op, long x) {
        return switch (op) {
            case NEGATE -> -x;
            case ABSOLUTE -> Math.abs(x);
            case SIGN -> Long.signum(x);
            case FLOOR, CEIL, ROUND -> x;
            default -> throw new AssertionError(op);
        };
    }

    static double binary(Op op, double a, double b) {
        return switch (op) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case REMAINDER -> {
                double remainder = a % b;
                yield remainder != 0 && remainder < 0 != b < 0 ? remainder + b : remainder;
            }
            case POWER -> Math.pow(a, b);
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case EQUAL -> a == b ? 1 : 0;
            case LESS -> a < b ? 1 : 0;
            case LESS_EQUAL -> a <= b ? 1 : 0;
            default -> throw new AssertionError(op);
        };
    }

    static long binary(Op op, DType type, long a, long b) {
        boolean wide = type == DType.I64;
        return switch (op) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> b == 0 ? 0 : a / b;
            case REMAINDER -> b == 0 ? 0 : Math.floorMod(a, b);
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHIFT_LEFT -> wide ? a << b : (int) a << (int) b;
            case SHIFT_RIGHT -> wide ? a >>> b : (int) a >>> (int) b;
            case EQUAL -> a == b ? 1 : 0;
            case LESS -> a < b ? 1 : 0;
            case LESS_EQUAL -> a <= b ? 1 : 0;
            default -> throw new AssertionError(op);
        };
    }

    static Number convert(Number value, DType type) {
        if (type.isFloating()) {
            return round(value, type);
        }
        if (value instanceof Double number) {
            double x = number;
            return switch (type) {
                case BOOL -> x != 0 ? 1L : 0L;
                case U8 -> (long) Math.clamp((long) x, 0, 255);
                case I32 -> (long) (int) x;
                default -> (long) x;
            };
        }
        long x = value.longValue();
        return switch (type) {
            case BOOL -> x != 0 ? 1L : 0L;
            case U8 -> x & 0xff;
            case I32 -> (long) (int) x;
            default -> x;
        };
    }

    private static double round(Number value, DType type) {
        return switch (type) {
            case F64 -> value.doubleValue();
            case F16 -> Float.float16ToFloat(Float.floatToFloat16(value.floatValue()));
            case BF16 -> {
                int bits = Float.floatToRawIntBits(value.floatValue());
                int even = 0x7fff + (bits >>> 16 & 1);
                boolean isNaN = Double.isNaN(value.doubleValue());
                yield isNaN ? Double.NaN : Float.intBitsToFloat(bits + even & 0xffff0000);
            }
            default -> value.floatValue();
        };
    }

    /** The series of Abramowitz and Stegun 7.1.6, whose terms are all of one sign. */
    private static double erf(double x) {
        if (Double.isNaN(x) || Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return sum * Math.exp(-x * x) * 2 / Math.sqrt(Math.PI);
    }
}
