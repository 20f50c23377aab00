package org.gradus.cpu;

import java.util.List;
import org.gradus.cpu.pointwise.Rounding;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Program.Instruction;
import org.gradus.expr.Scalars;

/**
 * Evaluates a program one element after the other, in {@code double} and {@code long}, rounding
 * each result to its type: what {@link Op} says, written down again without regard to speed.
 */
public final class NaiveProgram {
    private final Program program;
    private final long[] arguments;
    private final List<View> inputs;

    public NaiveProgram(Program program, long[] arguments, List<View> inputs) {
        this.program = program;
        this.arguments = arguments;
        this.inputs = inputs;
    }

    /** A number: floating types use one field, the others the other. */
    public record Value(double number, long whole) {}

    /** Returns the values of the outputs at a row-major position. */
    public Value[] at(long position) {
        List<Instruction> instructions = program.instructions();
        Value[] values = new Value[instructions.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(instructions.get(i), values, position);
        }
        Value[] results = new Value[program.outputCount()];
        for (int i = 0; i < results.length; i++) {
            DType from = instructions.get(program.output(i)).dtype();
            results[i] = cast(values[program.output(i)], from, program.outputTypes().get(i));
        }
        return results;
    }

    private Value value(Instruction n, Value[] values, long position) {
        DType type = n.dtype();
        return switch (n.op()) {
            case CONSTANT -> literal(n.payload(), type);
            case SCALAR -> literal(arguments[(int) n.payload()], type);
            case INPUT -> {
                View view = inputs.get((int) n.payload());
                yield type.isFloating()
                        ? new Value(TestTensors.get(view, position), 0)
                        : new Value(0, TestTensors.getLong(view, position));
            }
            case INDEX -> new Value(0, position);
            case CAST -> cast(values[n.a()], program.instructions().get(n.a()).dtype(), type);
            case SELECT -> values[n.a()].whole() != 0 ? values[n.b()] : values[n.c()];
            case RANDOM_BITS ->
                    throw new UnsupportedOperationException("tested against known answers");
            default -> {
                DType operand = program.instructions().get(n.a()).dtype().computeType();
                Value a = values[n.a()];
                Value b = n.b() < 0 ? a : values[n.b()];
                if (n.op().isComparison()) {
                    yield new Value(0, compare(n.op(), operand, a, b) ? 1 : 0);
                }
                if (type.isFloating()) {
                    yield new Value(round(floating(n.op(), a.number(), b.number()), type), 0);
                }
                long result = integer(n.op(), a.whole(), b.whole(), type);
                yield new Value(0, type == DType.I32 ? (int) result : result);
            }
        };
    }

    private static Value literal(long bits, DType type) {
        double number = Scalars.decode(bits, type);
        return type.isFloating()
                ? new Value(round(number, type), 0)
                : new Value(0, type == DType.BOOL ? (bits != 0 ? 1 : 0) : bits);
    }

    private static boolean compare(Op op, DType type, Value a, Value b) {
        if (type.isFloating()) {
            double x = a.number();
            double y = b.number();
            return op == Op.EQUAL ? x == y : op == Op.LESS ? x < y : x <= y;
        }
        long x = a.whole();
        long y = b.whole();
        return op == Op.EQUAL ? x == y : op == Op.LESS ? x < y : x <= y;
    }

    static double floating(Op op, double a, double b) {
        return switch (op) {
            case NEGATE -> -a;
            case ABSOLUTE -> Math.abs(a);
            case SIGN -> Math.signum(a);
            case RECIPROCAL -> 1 / a;
            case SQRT -> Math.sqrt(a);
            case RSQRT -> 1 / Math.sqrt(a);
            case EXP -> Math.exp(a);
            case EXPM1 -> Math.expm1(a);
            case LOG -> Math.log(a);
            case LOG1P -> Math.log1p(a);
            case SIN -> Math.sin(a);
            case COS -> Math.cos(a);
            case TANH -> Math.tanh(a);
            case ERF -> erf(a);
            case FLOOR -> Math.floor(a);
            case CEIL -> Math.ceil(a);
            case ROUND -> Math.rint(a);
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case REMAINDER -> {
                double r = a % b;
                yield r != 0 && r < 0 != b < 0 ? r + b : r;
            }
            case POWER -> Math.pow(a, b);
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            default -> throw new IllegalArgumentException(op.toString());
        };
    }

    /** The Taylor series where it converges well, else the continued fraction of erfc. */
    public static double erf(double x) {
        if (Double.isNaN(x) || Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double y = Math.abs(x);
        if (y < 2) {
            double term = y;
            double sum = y;
            for (int n = 1; n < 120; n++) {
                term *= -y * y / n;
                sum += term / (2 * n + 1);
            }
            return Math.signum(x) * 2 / Math.sqrt(Math.PI) * sum;
        }
        double fraction = 0;
        for (int k = 1000; k > 0; k--) {
            fraction = k / 2.0 / (y + fraction);
        }
        return Math.signum(x) * (1 - Math.exp(-y * y) / Math.sqrt(Math.PI) / (y + fraction));
    }

    private static long integer(Op op, long a, long b, DType type) {
        int width = type == DType.I64 ? 63 : 31;
        return switch (op) {
            case NEGATE -> -a;
            case ABSOLUTE -> Math.abs(a);
            case SIGN -> Long.signum(a);
            case FLOOR, CEIL, ROUND -> a;
            case NOT -> type == DType.BOOL ? 1 - a : ~a;
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
            case SHIFT_LEFT -> a << (b & width);
            case SHIFT_RIGHT -> type == DType.I64 ? a >>> (b & width) : (int) a >>> (b & width);
            default -> throw new IllegalArgumentException(op.toString());
        };
    }

    private static double round(double x, DType type) {
        return switch (type) {
            case F32 -> (float) x;
            case BF16 -> Rounding.brainFloatToFloat(Rounding.floatToBrainFloat((float) x));
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) x));
            default -> x;
        };
    }

    static Value cast(Value x, DType from, DType to) {
        if (from.isFloating()) {
            double number = x.number();
            return switch (to) {
                case BOOL -> new Value(0, number != 0 ? 1 : 0);
                case U8 -> new Value(0, Math.clamp((int) number, 0, 255));
                case I32 -> new Value(0, (int) number);
                case I64 -> new Value(0, (long) number);
                default -> new Value(round(number, to), 0);
            };
        }
        long whole = x.whole();
        return switch (to) {
            case BOOL -> new Value(0, whole != 0 ? 1 : 0);
            case U8 -> new Value(0, whole & 0xff);
            case I32 -> new Value(0, (int) whole);
            case I64 -> new Value(0, whole);
            default -> new Value(to == DType.F64 ? whole : round((float) whole, to), 0);
        };
    }
}
