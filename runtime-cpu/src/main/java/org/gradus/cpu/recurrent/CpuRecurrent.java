package org.gradus.cpu.recurrent;

import java.util.Optional;
import java.util.function.IntConsumer;
import org.gradus.cpu.FloatRows;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.RecurrentKernels;
import org.gradus.device.View;

/**
 * {@link RecurrentKernels} for {@code F32}. The weights are packed once; each step is one run of
 * tasks, of which each computes all gates of some units in some rows, applies the cell to them and
 * packs them for the product of the next step.
 *
 * <p>Cost: {@code 2 * steps * batch * gates * hidden²} flops each way, about 2 ns per unit and step
 * for the cell, and 2 µs per step to start the threads.
 */
public final class CpuRecurrent implements RecurrentKernels {
    /** Steps of less work take no longer than to start the other threads. */
    private static final long SERIAL_WORK = 100_000;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final Packing packing = Packing.fastest();
    private final WarmingPasses passes = new WarmingPasses();
    private final Scratch scratch = new Scratch(StepProduct.SCRATCH_SLOTS);

    /** Creates kernels that share their work among a pool's threads. */
    public CpuRecurrent(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
    }

    @Override
    public void forward(
            Cell cell,
            View inputs,
            View weight,
            Optional<View> bias,
            View initial,
            Optional<View> lengths,
            boolean reverse,
            View states,
            View kept) {
        Sequence sequence = Sequence.of(cell, states, lengths, reverse);
        if (states.elements() == 0) {
            return;
        }
        int hidden = sequence.hidden();
        StepProduct product = product(sequence.batch(), hidden, hidden, cell.gates());
        FloatRows rows = FloatRows.of(weight, hidden);
        product.packWeights(pool, new Matrix(rows.array(), rows.offset(), hidden, 1));
        var steps =
                new ForwardSteps(
                        sequence, passes.best(), product, inputs, bias, initial, states, kept);
        steps.start();
        for (int i = 0; i < sequence.steps(); i++) {
            int order = i;
            run(product, task -> steps.run(order, task));
        }
    }

    @Override
    public void backward(
            Cell cell,
            View statesGradient,
            View weight,
            View initial,
            Optional<View> lengths,
            boolean reverse,
            View states,
            View kept,
            View inputsGradient,
            Optional<View> recurrentGradient,
            View initialGradient) {
        Sequence sequence = Sequence.of(cell, states, lengths, reverse);
        int hidden = sequence.hidden();
        int width = cell.gates() * hidden;
        StepProduct product = product(sequence.batch(), width, hidden, 1);
        var steps =
                new BackwardSteps(
                        sequence,
                        passes.best(),
                        product,
                        statesGradient,
                        initial,
                        states,
                        kept,
                        inputsGradient,
                        recurrentGradient,
                        initialGradient);
        steps.start();
        if (states.elements() == 0) {
            return;
        }
        FloatRows rows = FloatRows.of(weight, hidden);
        product.packWeights(pool, new Matrix(rows.array(), rows.offset(), 1, hidden));
        for (int i = sequence.steps() - 1; i >= 0; i--) {
            int order = i;
            run(product, task -> steps.run(order, task));
        }
        run(product, steps::end);
    }

    private StepProduct product(int batch, int depth, int hidden, int gates) {
        return new StepProduct(
                scratch,
                kernels.forRows(batch),
                packing,
                batch,
                depth,
                hidden,
                gates,
                pool.threads());
    }

    private void run(StepProduct product, IntConsumer body) {
        int tasks = product.tasks();
        if (product.work() <= SERIAL_WORK) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
        } else {
            pool.run(tasks, (task, worker) -> body.accept(task));
        }
    }
}
