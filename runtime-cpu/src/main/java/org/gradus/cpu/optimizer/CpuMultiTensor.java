package org.gradus.cpu.optimizer;

import java.util.ArrayList;
import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.cpu.pointwise.Pointwise;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.MultiTensorKernels;
import org.gradus.device.View;
import org.gradus.expr.Program;

/** {@link MultiTensorKernels} for {@code F32}, in parallel over blocks of all tensors. */
public final class CpuMultiTensor implements MultiTensorKernels {
    private static final int BLOCK = 1 << 15;

    /** The most elements that are summed in single precision. */
    private static final int RUN = 1 << 10;

    private final WorkerPool pool;
    private final Pointwise pointwise;

    /** Creates kernels whose programs run in the given interpreter. */
    public CpuMultiTensor(WorkerPool pool, Pointwise pointwise) {
        this.pool = pool;
        this.pointwise = pointwise;
    }

    @Override
    public void map(
            Program program, long[] scalars, List<List<View>> inputs, List<List<View>> outputs) {
        pointwise.mapAll(program, scalars, inputs, outputs);
    }

    /** Part of a tensor. */
    private record Block(float[] array, IterationSpace space, long from, long to) {}

    @Override
    public void sumOfSquares(List<View> inputs, View output) {
        List<Block> blocks = new ArrayList<>();
        for (View view : inputs) {
            float[] array = CpuBuffer.of(view).floats();
            IterationSpace space = IterationSpace.of(view.shape(), List.of(view));
            for (long from = 0; from < view.elements(); from += BLOCK) {
                long to = Math.min(view.elements(), from + BLOCK);
                blocks.add(new Block(array, space, from, to));
            }
        }
        double[] sums = new double[blocks.size()];
        pool.run(sums.length, (task, worker) -> sums[task] = sumOfSquares(blocks.get(task)));
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        CpuBuffer.of(output).floats()[(int) output.offset()] = (float) total;
    }

    private double sumOfSquares(Block block) {
        RowKernels kernels = RowKernels.best();
        IterationSpace space = block.space();
        long stride = space.innerStride(0);
        double total = 0;
        long position = block.from();
        while (position < block.to()) {
            long run = Math.min(RUN, space.inner() - position % space.inner());
            int n = (int) Math.min(run, block.to() - position);
            int at = (int) space.offset(0, position);
            if (stride == 1) {
                total += kernels.dot(block.array(), at, block.array(), at, n);
            } else {
                for (int i = 0; i < n; i++) {
                    double x = block.array()[(int) (at + i * stride)];
                    total += x * x;
                }
            }
            position += n;
        }
        return total;
    }
}
