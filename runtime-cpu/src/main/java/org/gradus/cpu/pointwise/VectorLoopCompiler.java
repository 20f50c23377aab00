package org.gradus.cpu.pointwise;

import static org.gradus.cpu.pointwise.GeneratedLoops.FROM;
import static org.gradus.cpu.pointwise.GeneratedLoops.SCALARS;
import static org.gradus.cpu.pointwise.GeneratedLoops.TENSORS;
import static org.gradus.cpu.pointwise.GeneratedLoops.TO;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.util.List;
import java.util.Locale;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Program.Instruction;

/**
 * Writes a {@link FloatLoop} for a program with functions or comparisons, which the JVM's compiler
 * does not turn into vector code by itself: a hidden class with a loop on the Vector API, made of
 * the methods of {@link VectorElements}. Loaded only where that API is present.
 */
final class VectorLoopCompiler {
    /** Read when the first loop is made, not when a program is looked at. */
    private static final class Elements {
        static final MethodCopier COPIER =
                new MethodCopier(VectorElements.class, VectorFloatMath.class);
    }

    private final Program program;
    private final List<Instruction> instructions;
    private final int inputs;
    private final int[] registers;
    private final boolean[] uniform;

    private VectorLoopCompiler(Program program) {
        this.program = program;
        this.instructions = program.instructions();
        this.inputs = program.inputTypes().size();
        this.registers = new int[instructions.size()];
        this.uniform = new boolean[instructions.size()];
        for (int i = 0; i < uniform.length; i++) {
            Instruction n = instructions.get(i);
            uniform[i] =
                    n.op() != Op.INPUT && isUniform(n.a()) && isUniform(n.b()) && isUniform(n.c());
        }
    }

    private boolean isUniform(int operand) {
        return operand < 0 || uniform[operand];
    }

    /** Returns whether a program can be compiled. */
    static boolean isSuitable(Program program) {
        return program.outputTypes().stream().allMatch(type -> type == DType.F32)
                && program.instructions().stream().allMatch(n -> isSuitable(program, n));
    }

    private static boolean isSuitable(Program program, Instruction n) {
        return switch (n.op()) {
            case EQUAL, LESS, LESS_EQUAL -> program.instructions().get(n.a()).dtype() == DType.F32;
            case NOT, AND, OR -> n.dtype() == DType.BOOL;
            case CONSTANT,
                    INPUT,
                    SCALAR,
                    NEGATE,
                    ABSOLUTE,
                    SIGN,
                    RECIPROCAL,
                    SQRT,
                    RSQRT,
                    EXP,
                    EXPM1,
                    LOG,
                    LOG1P,
                    TANH,
                    ERF,
                    ADD,
                    SUBTRACT,
                    MULTIPLY,
                    DIVIDE,
                    MINIMUM,
                    MAXIMUM,
                    SELECT ->
                    n.dtype() == DType.F32;
            default -> false;
        };
    }

    /** Compiles a {@linkplain #isSuitable suitable} program. */
    static FloatLoop compile(Program program) {
        var compiler = new VectorLoopCompiler(program);
        return new VectorLoop(
                GeneratedLoops.define("GeneratedVectorLoop", compiler::loop),
                program.inputTypes().size(),
                VectorFloatMath.SPECIES.length());
    }

    private void loop(CodeBuilder code) {
        int[] arrays = new int[inputs + program.outputCount()];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = code.allocateLocal(TypeKind.REFERENCE);
            code.aload(TENSORS).loadConstant(i).aaload().astore(arrays[i]);
        }
        emit(code, true);
        int index = code.allocateLocal(TypeKind.INT);
        Label begin = code.newLabel();
        Label end = code.newLabel();
        code.iload(FROM).istore(index);
        code.labelBinding(begin).iload(index).iload(TO).if_icmpge(end);
        for (int i = 0; i < instructions.size(); i++) {
            Instruction n = instructions.get(i);
            if (n.op() == Op.INPUT) {
                code.aload(arrays[(int) n.payload()]).iload(index);
                call(code, "load");
                keep(code, i);
            }
        }
        emit(code, false);
        // All is read before anything is written: an output may be an input.
        for (int i = 0; i < program.outputCount(); i++) {
            code.aload(registers[program.output(i)]).aload(arrays[inputs + i]).iload(index);
            call(code, "store");
        }
        code.iinc(index, VectorFloatMath.SPECIES.length()).goto_(begin).labelBinding(end).return_();
    }

    /** Writes what is computed before the loop, or within it; inputs are in their registers. */
    private void emit(CodeBuilder code, boolean beforeLoop) {
        for (int i = 0; i < instructions.size(); i++) {
            Instruction n = instructions.get(i);
            if (uniform[i] != beforeLoop || n.op() == Op.INPUT) {
                continue;
            }
            if (n.op() == Op.CONSTANT) {
                code.loadConstant((float) n.value());
                call(code, "all");
            } else if (n.op() == Op.SCALAR) {
                code.aload(SCALARS).loadConstant((int) n.payload()).faload();
                call(code, "all");
            } else {
                for (int operand : new int[] {n.a(), n.b(), n.c()}) {
                    if (operand >= 0) {
                        code.aload(registers[operand]);
                    }
                }
                call(code, nameOf(n.op()));
            }
            keep(code, i);
        }
    }

    private void keep(CodeBuilder code, int instruction) {
        registers[instruction] = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(registers[instruction]);
    }

    private void call(CodeBuilder code, String method) {
        Elements.COPIER.copy(code, VectorElements.class, method);
    }

    /** Returns an operation's name as methods have it: {@code lessEqual} for LESS_EQUAL. */
    private static String nameOf(Op op) {
        String[] words = op.name().toLowerCase(Locale.ROOT).split("_");
        String second = words.length < 2 ? "" : words[1];
        return second.isEmpty()
                ? words[0]
                : words[0] + Character.toUpperCase(second.charAt(0)) + second.substring(1);
    }
}
