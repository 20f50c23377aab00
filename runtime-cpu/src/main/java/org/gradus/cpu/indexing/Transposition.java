package org.gradus.cpu.indexing;

import org.gradus.cpu.Elements;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.cpu.threads.WorkerPool;

/**
 * A copy whose target runs along one axis and whose source along another: goes by small blocks of
 * both, so that each cache line of the source is used up while it is near.
 */
final class Transposition {
    /** The neighbours in the source that are copied together: a cache line of floats. */
    private static final int BLOCK = 16;

    /** The neighbours in the target: few, as their distance in the source may share cache sets. */
    private static final int RUN = 16;

    private static final int TASK = 1 << 15;
    private static final int FROM = 0;
    private static final int TO = 1;

    private final IterationSpace space;
    private final int axis;
    private final Object from;
    private final Object to;

    private Transposition(IterationSpace space, int axis, Object from, Object to) {
        this.space = space;
        this.axis = axis;
        this.from = from;
        this.to = to;
    }

    /** Returns the copy of operand 0 of a space to operand 1, or null if runs are as good. */
    static Transposition of(IterationSpace space, Object from, Object to) {
        int inner = space.rank() - 1;
        if (space.elements() == 0 || Math.abs(space.innerStride(FROM)) < BLOCK) {
            return null;
        }
        for (int axis = inner - 1; axis >= 0; axis--) {
            if (Math.abs(space.stride(FROM, axis)) == 1 && space.size(axis) >= BLOCK / 2) {
                return new Transposition(space, axis, from, to);
            }
        }
        return null;
    }

    void run(WorkerPool pool) {
        long inner = space.inner();
        long size = space.size(axis);
        long blocks = (size + BLOCK - 1) / BLOCK;
        long units = space.elements() / inner / size * blocks;
        long perTask = Math.max(1, TASK / (inner * BLOCK));
        pool.run(
                Math.toIntExact((units + perTask - 1) / perTask),
                (task, worker) -> {
                    long end = Math.min(units, (task + 1) * perTask);
                    for (long unit = task * perTask; unit < end; unit++) {
                        long first = unit % blocks * BLOCK;
                        int count = (int) Math.min(BLOCK, size - first);
                        copy(unit / blocks, first, count);
                    }
                });
    }

    /** Copies {@code count} neighbours along the source's axis, and all along the target's. */
    private void copy(long outer, long first, int count) {
        int fromAt = (int) offset(FROM, outer, first);
        int toAt = (int) offset(TO, outer, first);
        int fromStride = (int) space.innerStride(FROM);
        int toStride = (int) space.innerStride(TO);
        int fromStep = (int) space.stride(FROM, axis);
        int toStep = (int) space.stride(TO, axis);
        int inner = (int) space.inner();
        for (int start = 0; start < inner; start += RUN) {
            int n = Math.min(RUN, inner - start);
            for (int i = 0; i < count; i++) {
                Elements.copy(
                        from,
                        fromAt + i * fromStep + start * fromStride,
                        fromStride,
                        to,
                        toAt + i * toStep + start * toStride,
                        toStride,
                        n);
            }
        }
    }

    /** Returns where a block begins, given the combined index of the axes that are left. */
    private long offset(int operand, long outer, long first) {
        long offset = space.offset(operand, 0) + first * space.stride(operand, axis);
        long rest = outer;
        for (int i = space.rank() - 2; i >= 0; i--) {
            if (i != axis) {
                offset += rest % space.size(i) * space.stride(operand, i);
                rest /= space.size(i);
            }
        }
        return offset;
    }
}
