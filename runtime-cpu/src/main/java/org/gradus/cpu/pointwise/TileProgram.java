package org.gradus.cpu.pointwise;

import java.util.List;
import org.gradus.dtype.DType;
import org.gradus.expr.Scalars;

/**
 * A program made ready for the interpreter: its instructions as loops over tiles, its values in the
 * numbered slots of a {@link Frame}. Input {@code i} is slot {@code i}.
 *
 * <p>Values that are the same for all elements are computed once per task, before the tiles.
 *
 * @param inputs the inputs, by number
 * @param indexSlot the slot of the linear index, -1 if it is not used
 * @param literals the constants and arguments that are used
 * @param prologue computes what is the same for all elements
 * @param spread the slots of such values that are needed as whole tiles
 * @param steps computes the tiles
 * @param own the slots that are tiles of the frame's own: intermediate results and outputs
 * @param outputs the outputs, by number
 * @param slots the number of slots
 */
record TileProgram(
        List<Input> inputs,
        int indexSlot,
        List<Literal> literals,
        List<Step> prologue,
        List<Slot> spread,
        List<Step> steps,
        List<Slot> own,
        List<Output> outputs,
        int slots) {
    /** A slot and the compute type of its values. */
    record Slot(int number, DType type) {}

    /** An input: its storage type, and whether it is one element for all. */
    record Input(DType dtype, boolean uniform, boolean used) {
        /** Returns whether tiles can be read where the tensor lies. */
        boolean isPlain() {
            return dtype == DType.F32;
        }
    }

    /** A constant ({@code argument} -1) or kernel argument. */
    record Literal(Slot slot, int argument, long bits) {
        void set(Frame frame, long[] arguments) {
            long value = argument < 0 ? bits : arguments[argument];
            int number = slot.number();
            switch (slot.type()) {
                case F32 -> frame.floats[number][0] = (float) Scalars.decode(value, DType.F32);
                case F64 -> frame.doubles[number][0] = Scalars.decode(value, DType.F64);
                case I64 -> frame.longs[number][0] = value;
                case BOOL -> frame.ints[number][0] = value != 0 ? 1 : 0;
                default -> frame.ints[number][0] = (int) value;
            }
        }
    }

    /**
     * An output.
     *
     * @param slot where its value is
     * @param dtype its storage type
     * @param writable whether the slot belongs to it alone and has its storage type, so that a step
     *     can write straight into the tensor
     * @param last whether it is written by the last step: then an input may be overwritten
     */
    record Output(Slot slot, DType dtype, boolean writable, boolean last) {}

    /** Prepares a frame for tiles of up to {@code n} elements. */
    void begin(Frame frame, long[] arguments, Evaluation evaluation, int n) {
        frame.reserve(slots);
        for (Slot slot : own) {
            frame.bindOwn(slot.number(), slot.type());
        }
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            if (input.uniform()) {
                frame.bindOwn(i, input.dtype().computeType());
                evaluation.loadUniform(frame, i);
            }
        }
        for (Literal literal : literals) {
            frame.bindOwn(literal.slot().number(), literal.slot().type());
            literal.set(frame, arguments);
        }
        for (Step step : prologue) {
            step.run(frame, 1);
        }
        for (Slot slot : spread) {
            frame.spread(slot.number(), slot.type(), n);
        }
    }
}
