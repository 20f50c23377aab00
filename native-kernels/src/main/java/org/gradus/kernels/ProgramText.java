package org.gradus.kernels;

import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Program.Instruction;

/** A pointwise {@link Program} as statements of the dialect: one variable for each instruction. */
public final class ProgramText {
    private final Program program;
    private final StringBuilder statements = new StringBuilder();

    /**
     * Writes a program down.
     *
     * @param indent what each line begins with
     * @param input the expression that loads the numbered input, in its compute type
     * @param index the expression of the current element's row-major linear index
     * @param firstScalar the position among the kernel's words of the first scalar argument
     */
    public ProgramText(
            Program program,
            String indent,
            IntFunction<String> input,
            String index,
            int firstScalar) {
        this.program = program;
        List<Instruction> instructions = program.instructions();
        for (int i = 0; i < instructions.size(); i++) {
            Instruction n = instructions.get(i);
            String value =
                    switch (n.op()) {
                        case CONSTANT -> Dialect.literal(n.payload(), n.dtype());
                        case INPUT -> input.apply((int) n.payload());
                        case SCALAR -> Dialect.word(firstScalar + (int) n.payload(), n.dtype());
                        case INDEX -> "(i64)(" + index + ")";
                        default -> expression(n);
                    };
            statements.append(indent).append("const ").append(Dialect.register(n.dtype()));
            statements.append(" v").append(i).append(" = ").append(value).append(";\n");
        }
    }

    /** Returns whether a program reads the linear index. */
    public static boolean usesIndex(Program program) {
        return program.instructions().stream().anyMatch(n -> n.op() == Op.INDEX);
    }

    /** Returns the statements. */
    public String statements() {
        return statements.toString();
    }

    /** Returns the expression of an output, a value of its storage type. */
    public String output(int number) {
        int register = program.output(number);
        DType from = program.instructions().get(register).dtype();
        return Dialect.cast("v" + register, from, program.outputTypes().get(number));
    }

    private String expression(Instruction n) {
        String a = "v" + n.a();
        String b = "v" + n.b();
        String c = "v" + n.c();
        DType operand = program.instructions().get(n.a()).dtype();
        DType type = operand.computeType();
        if (n.op() == Op.CAST) {
            return Dialect.cast(a, operand, n.dtype());
        }
        return switch (n.op()) {
            case SELECT -> a + " ? " + b + " : " + c;
            case EQUAL, LESS, LESS_EQUAL -> call(n.op(), registerType(type), a, b);
            case NOT -> (type == DType.BOOL ? "!" : "~") + a;
            case AND -> a + " & " + b;
            case OR -> a + " | " + b;
            case XOR -> a + " ^ " + b;
            case RANDOM_BITS -> "random_bits(" + a + ", " + b + ")";
            default -> type.isFloating() ? floating(n.op(), type, a, b) : whole(n.op(), type, a, b);
        };
    }

    private static String floating(Op op, DType type, String a, String b) {
        return switch (op) {
            case NEGATE -> "-" + a;
            case ABSOLUTE -> "fabs_" + type + "(" + a + ")";
            case RECIPROCAL -> "1 / " + a;
            case ROUND -> "rint_" + type + "(" + a + ")";
            case ADD -> a + " + " + b;
            case SUBTRACT -> a + " - " + b;
            case MULTIPLY -> a + " * " + b;
            case DIVIDE -> a + " / " + b;
            case POWER -> "pow_" + type + "(" + a + ", " + b + ")";
            default -> call(op, type, a, b);
        };
    }

    private static String whole(Op op, DType type, String a, String b) {
        DType integer = registerType(type);
        return switch (op) {
            case FLOOR, CEIL, ROUND -> a;
            case ABSOLUTE -> "abs_" + integer + "(" + a + ")";
            default -> call(op, integer, a, b);
        };
    }

    /** Returns the type that truth values share with integers, else the type itself. */
    private static DType registerType(DType type) {
        return type == DType.BOOL ? DType.I32 : type;
    }

    private static String call(Op op, DType type, String a, String b) {
        String name = op.name().toLowerCase(Locale.ROOT) + "_" + type;
        return name + (op.arity() == 1 ? "(" + a + ")" : "(" + a + ", " + b + ")");
    }
}
