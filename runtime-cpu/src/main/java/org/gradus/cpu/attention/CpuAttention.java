package org.gradus.cpu.attention;

import java.util.Optional;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.AttentionKernels;
import org.gradus.device.View;

/**
 * {@link AttentionKernels} for {@code F32}. Work is cut by sequence and head of keys; the forward
 * pass of a few long sequences also by queries, which then pack the keys once more each.
 *
 * <p>Cost, for a score that is not hidden: 2 multiply-adds for each element of a query and a value
 * and an exponential forward; 5 and an exponential backward. Scratch memory is some copies of one
 * head's keys and values, and backward of its queries, for each thread.
 */
public final class CpuAttention implements AttentionKernels {
    /** Fewer heads than this are cut by queries, too, if that gives tasks of some length. */
    private static final int ENOUGH_TASKS = 32;

    private static final int LEAST_GROUPS = 8;

    private final WorkerPool pool;
    private final MicroKernels kernels;
    private final Packing packing = Packing.fastest();
    private final Scratch forward = new Scratch(Forward.SCRATCH_SLOTS);
    private final Scratch backward = new Scratch(Backward.SCRATCH_SLOTS);

    /** Creates kernels that share their work among a pool's threads. */
    public CpuAttention(WorkerPool pool, MicroKernels kernels) {
        this.pool = pool;
        this.kernels = kernels;
    }

    @Override
    public void forward(
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            View output,
            View logSums) {
        var problem =
                Problem.of(
                        query, key, value, mask, causal, scale, kernels, packing, TileLanes.best());
        int keyHeads = problem.key().heads();
        int heads = problem.key().batch() * keyHeads;
        int groups = problem.groups();
        if (heads == 0 || groups == 0) {
            return;
        }
        int most = PackedBlock.panels(groups, LEAST_GROUPS);
        int parts = Math.clamp(ENOUGH_TASKS / heads, 1, most);
        int perPart = PackedBlock.panels(groups, parts);
        Heads target = Heads.of(output);
        float[] sums = CpuBuffer.of(logSums).floats();
        int sumsAt = (int) logSums.offset();
        pool.run(
                heads * parts,
                (task, worker) -> {
                    int head = task / parts;
                    int first = task % parts * perPart;
                    int end = Math.min(groups, first + perPart);
                    if (first < end) {
                        new Forward(
                                        problem,
                                        target,
                                        sums,
                                        sumsAt,
                                        head / keyHeads,
                                        head % keyHeads,
                                        forward)
                                .compute(first, end);
                    }
                });
    }

    @Override
    public void backward(
            View outputGradient,
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            View output,
            View logSums,
            View queryGradient,
            View keyGradient,
            View valueGradient) {
        var problem =
                Problem.of(
                        query, key, value, mask, causal, scale, kernels, packing, TileLanes.best());
        var tensors =
                new Backward.Tensors(
                        Heads.of(outputGradient),
                        Heads.of(output),
                        CpuBuffer.of(logSums).floats(),
                        (int) logSums.offset(),
                        Heads.of(queryGradient),
                        Heads.of(keyGradient),
                        Heads.of(valueGradient));
        int keyHeads = problem.key().heads();
        pool.run(
                problem.key().batch() * keyHeads,
                (task, worker) ->
                        new Backward(
                                        problem,
                                        tensors,
                                        RowKernels.best(),
                                        task / keyHeads,
                                        task % keyHeads,
                                        backward)
                                .compute());
    }
}
