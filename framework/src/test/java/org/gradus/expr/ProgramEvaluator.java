package org.gradus.expr;

import java.util.List;
import org.gradus.dtype.DType;

/** What a program means, in plain Java: the twin of {@link Evaluator} for the lowered form. */
public final class ProgramEvaluator {
    private ProgramEvaluator() {}

    /** Returns the outputs for one element, rounded to their types. */
    public static Number[] evaluate(Program program, Number[] inputs, long[] scalars, long index) {
        List<Program.Instruction> steps = program.instructions();
        Number[] values = new Number[steps.size()];
        for (int i = 0; i < values.length; i++) {
            Program.Instruction step = steps.get(i);
            Number value = compute(step, steps, values, inputs, scalars, index);
            values[i] = Evaluator.convert(value, step.dtype());
        }
        Number[] outputs = new Number[program.outputCount()];
        for (int i = 0; i < outputs.length; i++) {
            DType type = program.outputTypes().get(i);
            outputs[i] = Evaluator.convert(values[program.output(i)], type);
        }
        return outputs;
    }

    private static Number compute(
            Program.Instruction step,
            List<Program.Instruction> steps,
            Number[] values,
            Number[] inputs,
            long[] scalars,
            long index) {
        Number a = step.a() < 0 ? null : values[step.a()];
        Number b = step.b() < 0 ? null : values[step.b()];
        Number c = step.c() < 0 ? null : values[step.c()];
        return switch (step.op()) {
            case CONSTANT -> number(step.payload(), step.dtype());
            case INPUT -> inputs[(int) step.payload()];
            case SCALAR -> number(scalars[(int) step.payload()], step.dtype());
            case INDEX -> index;
            case CAST -> a;
            case SELECT -> a.longValue() != 0 ? b : c;
            case NOT -> step.dtype() == DType.BOOL ? 1 - a.longValue() : ~a.longValue();
            case RANDOM_BITS -> (long) Philox.word(a.longValue(), b.longValue());
            default -> {
                boolean floating = steps.get(step.a()).dtype().isFloating();
                if (b == null) {
                    yield floating
                            ? (Number) Evaluator.unary(step.op(), a.doubleValue())
                            : (Number) Evaluator.unary(step.op(), a.longValue());
                }
                yield floating
                        ? (Number) Evaluator.binary(step.op(), a.doubleValue(), b.doubleValue())
                        : (Number)
                                Evaluator.binary(
                                        step.op(), step.dtype(), a.longValue(), b.longValue());
            }
        };
    }

    private static Number number(long bits, DType type) {
        return type.isFloating() ? (Number) Double.longBitsToDouble(bits) : (Number) bits;
    }
}
