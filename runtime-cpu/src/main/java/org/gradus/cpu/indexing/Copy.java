package org.gradus.cpu.indexing;

import java.util.Arrays;
import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.Elements;
import org.gradus.cpu.pointwise.IterationSpace;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/** Copies between views, and fills them. Cost: each element is read and written once. */
public final class Copy {
    private static final int TASK = 1 << 16;

    private final WorkerPool pool;

    /** Creates copies that share their work among a pool's threads. */
    public Copy(WorkerPool pool) {
        this.pool = pool;
    }

    /** Copies elements between views of one shape and type. */
    public void copy(View source, View target) {
        Object from = CpuBuffer.of(source).array();
        Object to = CpuBuffer.of(target).array();
        IterationSpace space = IterationSpace.of(target.shape(), List.of(source, target));
        Transposition transposition = Transposition.of(space, from, to);
        if (transposition != null) {
            transposition.run(pool);
            return;
        }
        int fromStride = (int) space.innerStride(0);
        int toStride = (int) space.innerStride(1);
        forEachRun(
                space,
                (position, n) -> {
                    int fromAt = (int) space.offset(0, position);
                    int toAt = (int) space.offset(1, position);
                    Elements.copy(from, fromAt, fromStride, to, toAt, toStride, n);
                });
    }

    /** Sets all elements of a view to one value. */
    public void fill(View target, double value) {
        Object array = CpuBuffer.of(target).array();
        IterationSpace space = IterationSpace.of(target.shape(), List.of(target));
        int stride = (int) space.innerStride(0);
        DType dtype = target.dtype();
        forEachRun(
                space,
                (position, n) -> {
                    int at = (int) space.offset(0, position);
                    if (stride == 1) {
                        fill(array, dtype, at, n, value);
                    } else {
                        for (int i = 0; i < n; i++) {
                            Elements.set(array, dtype, at + i * stride, value);
                        }
                    }
                });
    }

    private static void fill(Object array, DType dtype, int at, int n, double value) {
        Elements.set(array, dtype, at, value);
        switch (array) {
            case float[] x -> Arrays.fill(x, at + 1, at + n, x[at]);
            case double[] x -> Arrays.fill(x, at + 1, at + n, x[at]);
            case int[] x -> Arrays.fill(x, at + 1, at + n, x[at]);
            case long[] x -> Arrays.fill(x, at + 1, at + n, x[at]);
            case short[] x -> Arrays.fill(x, at + 1, at + n, x[at]);
            case byte[] x -> Arrays.fill(x, at + 1, at + n, x[at]);
            default -> throw new IllegalArgumentException("no array of elements: " + array);
        }
    }

    /** Elements that follow each other in the innermost loop. */
    @FunctionalInterface
    private interface Run {
        void at(long position, int n);
    }

    private void forEachRun(IterationSpace space, Run body) {
        long elements = space.elements();
        if (elements == 0) {
            return;
        }
        long inner = space.inner();
        int tasks = Math.toIntExact((elements + TASK - 1) / TASK);
        pool.run(
                tasks,
                (task, worker) -> {
                    long position = (long) task * TASK;
                    long end = Math.min(elements, position + TASK);
                    while (position < end) {
                        long rest = inner - position % inner;
                        int n = (int) Math.min(rest, end - position);
                        body.at(position, n);
                        position += n;
                    }
                });
    }
}
