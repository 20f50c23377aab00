package org.gradus.cpu.pointwise;

import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Scalars;

/**
 * A loop about to be run on given views.
 *
 * @param tensors the arrays of inputs and outputs; null for an input that is not used
 * @param scalars the kernel arguments
 * @param offset where the first element is, in each array
 */
record LoopLaunch(FloatLoop loop, float[][] tensors, float[] scalars, long offset) {
    /**
     * Returns the launch of a loop if the views allow it: one place stands for the same element in
     * all arrays. Two operands in one array are then the same view, so that no order of reads and
     * writes can matter.
     *
     * @param loop null for none
     * @param operands the inputs, then the outputs
     * @return null if it is not possible
     */
    static LoopLaunch of(
            FloatLoop loop, Evaluation evaluation, IterationSpace space, List<View> operands) {
        if (loop == null) {
            return null;
        }
        List<TileProgram.Input> inputs = evaluation.program().inputs();
        float[][] tensors = new float[inputs.size() + evaluation.program().outputs().size()][];
        // The program may know fewer inputs than it is given; outputs are the last operands.
        int skipped = operands.size() - tensors.length;
        long offset = -1;
        for (int i = 0; i < tensors.length; i++) {
            boolean input = i < inputs.size();
            if (input && !inputs.get(i).used()) {
                continue;
            }
            int operand = input ? i : i + skipped;
            long first = space.offset(operand, 0);
            if (!space.isContiguousOperand(operand) || offset >= 0 && first != offset) {
                return null;
            }
            offset = first;
            tensors[i] = CpuBuffer.of(operands.get(operand)).floats();
        }
        return new LoopLaunch(loop, tensors, decode(evaluation.arguments()), offset);
    }

    /** Computes the elements at the positions in {@code [from, to)}. */
    void run(long from, long to) {
        loop.run(tensors, scalars, (int) (offset + from), (int) (offset + to));
    }

    private static float[] decode(long[] arguments) {
        float[] scalars = new float[arguments.length];
        for (int i = 0; i < scalars.length; i++) {
            scalars[i] = (float) Scalars.decode(arguments[i], DType.F32);
        }
        return scalars;
    }
}
