package org.gradus.cpu.pointwise;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static org.gradus.cpu.pointwise.GeneratedLoops.FROM;
import static org.gradus.cpu.pointwise.GeneratedLoops.SCALARS;
import static org.gradus.cpu.pointwise.GeneratedLoops.TENSORS;
import static org.gradus.cpu.pointwise.GeneratedLoops.TO;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Program.Instruction;

/**
 * Writes a {@link FloatLoop} for a program, as a hidden class with a plain loop that the JVM's
 * compiler turns into vector code.
 *
 * <p>Only arithmetic that it is known to vectorize is taken, and only what gives the same bits in
 * scalar and in vector code: the interpreter and the loop may take turns without anyone seeing it.
 */
final class FloatLoopCompiler {
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");

    private final List<Instruction> instructions;
    private final Program program;
    private final List<Integer> inPlace;
    private final int inputs;
    private final int[] registers;
    private final boolean[] uniform;

    private FloatLoopCompiler(Program program, List<Integer> inPlace) {
        this.program = program;
        this.inPlace = inPlace;
        this.instructions = program.instructions();
        this.inputs = program.inputTypes().size();
        this.registers = new int[instructions.size()];
        this.uniform = new boolean[instructions.size()];
        for (int i = 0; i < uniform.length; i++) {
            Instruction n = instructions.get(i);
            uniform[i] = n.op() != Op.INPUT && isUniform(n.a()) && isUniform(n.b());
        }
    }

    private boolean isUniform(int operand) {
        return operand < 0 || uniform[operand];
    }

    /** Returns whether a program can be compiled. */
    static boolean isSuitable(Program program) {
        return program.outputTypes().stream().allMatch(type -> type == DType.F32)
                && program.instructions().stream()
                        .allMatch(n -> n.dtype() == DType.F32 && isSuitable(n.op()));
    }

    private static boolean isSuitable(Op op) {
        return switch (op) {
            case CONSTANT,
                    INPUT,
                    SCALAR,
                    NEGATE,
                    ABSOLUTE,
                    RECIPROCAL,
                    SQRT,
                    ADD,
                    SUBTRACT,
                    MULTIPLY,
                    DIVIDE,
                    MINIMUM,
                    MAXIMUM ->
                    true;
            default -> false;
        };
    }

    /**
     * Compiles a {@linkplain #isSuitable suitable} program.
     *
     * @param inPlace for each output the number of the input that it overwrites, or -1
     */
    static FloatLoop compile(Program program, List<Integer> inPlace) {
        var compiler = new FloatLoopCompiler(program, inPlace);
        return GeneratedLoops.define("GeneratedFloatLoop", compiler::loop);
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
                registers[i] = code.allocateLocal(TypeKind.FLOAT);
                code.aload(arrays[(int) n.payload()]).iload(index).faload().fstore(registers[i]);
            }
        }
        emit(code, false);
        // All is read before anything is written: an output may be an input.
        for (int i = 0; i < program.outputCount(); i++) {
            int input = inPlace.get(i);
            code.aload(arrays[input < 0 ? inputs + i : input]).iload(index);
            code.fload(registers[program.output(i)]).fastore();
        }
        code.iinc(index, 1).goto_(begin).labelBinding(end).return_();
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
            } else if (n.op() == Op.SCALAR) {
                code.aload(SCALARS).loadConstant((int) n.payload()).faload();
            } else {
                arithmetic(code, n);
            }
            registers[i] = code.allocateLocal(TypeKind.FLOAT);
            code.fstore(registers[i]);
        }
    }

    private void arithmetic(CodeBuilder code, Instruction n) {
        if (n.op() == Op.RECIPROCAL) {
            code.fconst_1();
        }
        code.fload(registers[n.a()]);
        if (n.b() >= 0) {
            code.fload(registers[n.b()]);
        }
        switch (n.op()) {
            case NEGATE -> code.fneg();
            case ABSOLUTE -> math(code, "abs", MethodTypeDesc.of(CD_float, CD_float));
            case SQRT -> {
                math(code.f2d(), "sqrt", MethodTypeDesc.of(CD_double, CD_double));
                code.d2f();
            }
            case ADD -> code.fadd();
            case SUBTRACT -> code.fsub();
            case MULTIPLY -> code.fmul();
            case DIVIDE, RECIPROCAL -> code.fdiv();
            case MINIMUM -> math(code, "min", MethodTypeDesc.of(CD_float, CD_float, CD_float));
            case MAXIMUM -> math(code, "max", MethodTypeDesc.of(CD_float, CD_float, CD_float));
            default -> throw new IllegalStateException(n.op() + " is not suitable for a loop");
        }
    }

    private static void math(CodeBuilder code, String name, MethodTypeDesc type) {
        code.invokestatic(MATH, name, type);
    }
}
