package org.gradus.cpu.indexing;

import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.Elements;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;

/**
 * Picks elements along an axis; see {@link org.gradus.device.Device#gather}. Where an index is
 * broadcast over the innermost axes, whole rows are copied.
 */
public final class Gather {
    private static final int TASK = 1 << 14;

    private final WorkerPool pool;

    /** Creates gathers that share their work among a pool's threads. */
    public Gather(WorkerPool pool) {
        this.pool = pool;
    }

    /**
     * Picks along an axis.
     *
     * @throws IndexOutOfBoundsException if an index is negative or too large
     */
    public void gather(View source, int axis, View index, View target) {
        long[] strides = source.strides().clone();
        long step = strides[axis];
        strides[axis] = 0;
        View base = new View(source.buffer(), target.shape(), strides, source.offset());
        IterationSpace space = IterationSpace.of(target.shape(), List.of(base, index, target));
        long elements = space.elements();
        if (elements == 0) {
            return;
        }
        Object from = CpuBuffer.of(source).array();
        Object to = CpuBuffer.of(target).array();
        long[] indices = CpuBuffer.of(index).longs();
        Bounds bounds = new Bounds(axis, source.shape().size(axis));
        int fromStride = (int) space.innerStride(0);
        int indexStride = (int) space.innerStride(1);
        int toStride = (int) space.innerStride(2);
        long inner = space.inner();
        int tasks = Math.toIntExact((elements + TASK - 1) / TASK);
        pool.run(
                tasks,
                (task, worker) -> {
                    long position = (long) task * TASK;
                    long end = Math.min(elements, position + TASK);
                    while (position < end) {
                        int n = (int) Math.min(inner - position % inner, end - position);
                        int fromAt = (int) space.offset(0, position);
                        int indexAt = (int) space.offset(1, position);
                        int toAt = (int) space.offset(2, position);
                        int run = indexStride == 0 ? n : 1;
                        for (int i = 0; i < n; i += run) {
                            int picked = bounds.check(indices[indexAt + i * indexStride]);
                            int at = (int) (fromAt + i * fromStride + picked * step);
                            Elements.copy(
                                    from, at, fromStride, to, toAt + i * toStride, toStride, run);
                        }
                        position += n;
                    }
                });
    }
}
