package org.gradus.cpu.ctc;

import org.gradus.cpu.FloatRows;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.CtcKernels;
import org.gradus.device.View;

/**
 * {@link CtcKernels} for {@code F32}, in parallel over sequences.
 *
 * <p>Cost: one or two exponentials and a logarithm per place and time each way; the gradient writes
 * {@code times * batch * classes} numbers besides.
 */
public final class CpuCtc implements CtcKernels {
    private final WorkerPool pool;
    private final Scratch scratch = new Scratch(2);

    /** Creates kernels that share their work among a pool's threads. */
    public CpuCtc(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public void likelihoods(View logs, Targets targets, View losses, View sums) {
        Alignments alignments = Alignments.of(logs, targets);
        FloatRows loss = FloatRows.of(losses, 1);
        FloatRows kept = FloatRows.of(sums, targets.places());
        pool.run(
                alignments.batch(),
                (n, worker) ->
                        loss.array()[loss.at(n)] =
                                alignments.sequence(n).loss(kept, n * alignments.times()));
    }

    @Override
    public void gradient(
            View lossGradients,
            View logs,
            Targets targets,
            View losses,
            View sums,
            View logsGradient) {
        Alignments alignments = Alignments.of(logs, targets);
        FloatRows factors = FloatRows.of(lossGradients, (int) lossGradients.strides()[0]);
        FloatRows loss = FloatRows.of(losses, 1);
        FloatRows kept = FloatRows.of(sums, targets.places());
        FloatRows result = FloatRows.of(logsGradient, alignments.classes());
        pool.run(
                alignments.batch(),
                (n, worker) -> {
                    Sequence sequence = alignments.sequence(n);
                    float total = loss.array()[loss.at(n)];
                    alignments.clear(result, n);
                    if (total != Float.POSITIVE_INFINITY) {
                        float[] endings = scratch.floats(0, targets.places());
                        float[] next = scratch.floats(1, targets.places());
                        float factor = -factors.array()[factors.at(n)];
                        sequence.addGradient(
                                kept, n * alignments.times(), total, factor, endings, next, result);
                    }
                });
    }
}
