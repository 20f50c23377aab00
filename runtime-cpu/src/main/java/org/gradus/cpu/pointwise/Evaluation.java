package org.gradus.cpu.pointwise;

import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.pointwise.TileProgram.Input;
import org.gradus.cpu.pointwise.TileProgram.Output;
import org.gradus.cpu.pointwise.TileProgram.Slot;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Op;

/**
 * One launch of a program: computes tiles of its outputs for runs of consecutive positions in an
 * iteration space. Used by several workers at once, each with a {@link Frame}.
 */
public final class Evaluation {
    /** The most elements of one tile. */
    public static final int TILE = Frame.TILE;

    private final TileProgram program;
    private final IterationSpace space;
    private final long[] arguments;
    private final Object[] inputs;
    private final Frames frames;
    private final FloatOps ops;
    private final Transfer transfer;

    Evaluation(
            TileProgram program,
            IterationSpace space,
            long[] arguments,
            List<View> views,
            Frames frames,
            FloatOps ops) {
        this.program = program;
        this.space = space;
        this.arguments = arguments;
        this.frames = frames;
        this.ops = ops;
        this.transfer = new Transfer(ops);
        this.inputs = new Object[program.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = CpuBuffer.of(views.get(i)).array();
        }
    }

    /** Returns what is evaluated. */
    TileProgram program() {
        return program;
    }

    /** Returns the encoded kernel arguments. */
    long[] arguments() {
        return arguments;
    }

    /** Returns the iteration space. */
    public IterationSpace space() {
        return space;
    }

    /**
     * Prepares a worker's registers for tiles of up to {@code n} elements; {@link #end} must
     * follow.
     */
    public void begin(int worker, int n) {
        program.begin(frames.of(worker), arguments, this, n);
    }

    /** Lets go of the tensors that a worker's registers stand for. */
    public void end(int worker) {
        frames.of(worker).unbind(program.slots());
    }

    /** Computes the outputs of {@code n} elements from a linear position on, in registers. */
    public void evaluate(int worker, long position, int n) {
        evaluate(frames.of(worker), position, n);
    }

    /** Returns the array with the tile of the only output, whose compute type is {@code F32}. */
    public float[] floats(int worker) {
        return frames.of(worker).floats[result()];
    }

    /** Returns the array with the tile of the only output, whose compute type is {@code F64}. */
    public double[] doubles(int worker) {
        return frames.of(worker).doubles[result()];
    }

    /** Returns the array with the tile of the only output, whose compute type is {@code I64}. */
    public long[] longs(int worker) {
        return frames.of(worker).longs[result()];
    }

    /** Returns where in its array the tile of the only output begins; 0 unless it is floats. */
    public int at(int worker) {
        return frames.of(worker).at[result()];
    }

    /** Combines each element of the only output's tile with one of {@code total}, in place. */
    public void combine(int worker, Op op, float[] total, int n) {
        ops.binary(op, total, 0, total, 0, floats(worker), at(worker), n);
    }

    /** Combines each element of the only output's tile with one of {@code total}, in place. */
    public void combine(int worker, Op op, double[] total, int n) {
        DoubleOps.binary(op, total, total, doubles(worker), n);
    }

    /** Combines each element of the only output's tile with one of {@code total}, in place. */
    public void combine(int worker, Op op, long[] total, int n) {
        LongOps.binary(op, total, total, longs(worker), n);
    }

    private int result() {
        return program.outputs().getFirst().slot().number();
    }

    void evaluate(Frame frame, long position, int n) {
        List<Input> types = program.inputs();
        for (int i = 0; i < inputs.length; i++) {
            Input input = types.get(i);
            if (input.used() && !input.uniform()) {
                load(frame, i, input, position, n);
            }
        }
        if (program.indexSlot() >= 0) {
            loadIndex(frame, position, n);
        }
        for (Step step : program.steps()) {
            step.run(frame, n);
        }
    }

    void loadUniform(Frame frame, int input) {
        DType dtype = program.inputs().get(input).dtype();
        Object tile = frame.array(input, dtype.computeType());
        transfer.load(dtype, inputs[input], (int) space.offset(input, 0), 0, tile, 0, 1);
    }

    private void load(Frame frame, int number, Input input, long position, int n) {
        DType dtype = input.dtype();
        DType type = dtype.computeType();
        Object array = inputs[number];
        long inner = space.inner();
        int run = (int) Math.min(n, inner - position % inner);
        long stride = space.innerStride(number);
        boolean contiguous = space.isContiguousOperand(number);
        if (input.isPlain() && (contiguous || run == n && stride == 1)) {
            frame.bind(number, (float[]) array, (int) space.offset(number, position));
            return;
        }
        frame.bindOwn(number, type);
        Object tile = frame.array(number, type);
        if (contiguous) {
            run = n;
        }
        int done = 0;
        while (done < n) {
            int offset = (int) space.offset(number, position + done);
            transfer.load(dtype, array, offset, (int) stride, tile, done, run);
            done += run;
            run = (int) Math.min(n - done, inner);
        }
    }

    private void loadIndex(Frame frame, long position, int n) {
        int slot = program.indexSlot();
        int operand = space.indexOperand();
        frame.bindOwn(slot, DType.I64);
        long[] tile = frame.longs[slot];
        long inner = space.inner();
        long stride = space.innerStride(operand);
        int run = (int) Math.min(n, inner - position % inner);
        int done = 0;
        while (done < n) {
            long first = space.offset(operand, position + done);
            for (int i = 0; i < run; i++) {
                tile[done + i] = first + i * stride;
            }
            done += run;
            run = (int) Math.min(n - done, inner);
        }
    }

    /** Computes the outputs of {@code n} elements from a linear position on, and stores them. */
    void map(Frame frame, Target[] targets, long position, int n) {
        List<Output> outputs = program.outputs();
        for (int i = 0; i < targets.length; i++) {
            Slot slot = outputs.get(i).slot();
            Target target = targets[i];
            if (target.direct() && target.isRun(space, position, n)) {
                int offset = (int) space.offset(target.operand(), position);
                frame.bind(slot.number(), (float[]) target.array(), offset);
            } else if (target.direct()) {
                frame.bindOwn(slot.number(), slot.type());
            }
        }
        evaluate(frame, position, n);
        for (int i = 0; i < targets.length; i++) {
            Output output = outputs.get(i);
            Target target = targets[i];
            if (!(target.direct() && target.isRun(space, position, n))) {
                store(frame, output, target, position, n);
            }
        }
    }

    private void store(Frame frame, Output output, Target target, long position, int n) {
        Slot slot = output.slot();
        Object tile = frame.array(slot.number(), slot.type());
        int at = frame.at[slot.number()];
        int operand = target.operand();
        long inner = space.inner();
        int stride = (int) space.innerStride(operand);
        int run = (int) Math.min(n, inner - position % inner);
        if (space.isContiguousOperand(operand)) {
            run = n;
        }
        int done = 0;
        while (done < n) {
            int offset = (int) space.offset(operand, position + done);
            transfer.store(output.dtype(), tile, at + done, target.array(), offset, stride, run);
            done += run;
            run = (int) Math.min(n - done, inner);
        }
    }

    /**
     * Where an output goes.
     *
     * @param direct whether steps may write into the tensor itself
     */
    record Target(Object array, int operand, boolean direct) {
        /** Returns whether the elements of a tile lie one after the other in the tensor. */
        boolean isRun(IterationSpace space, long position, int n) {
            return space.isContiguousOperand(operand)
                    || space.innerStride(operand) == 1
                            && position % space.inner() + n <= space.inner();
        }
    }
}
