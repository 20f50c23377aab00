package org.gradus.cpu.pooling;

import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.convolution.Planes;
import org.gradus.cpu.convolution.Reach;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.PoolingKernels;
import org.gradus.device.View;
import org.gradus.device.Window;

/**
 * {@code F32} pooling over 1 to 3 spatial axes. A window that sees nothing but padding has the
 * maximum negative infinity, at position 0, and the mean 0.
 *
 * <p>Cost: each element is read once for each window that covers it.
 */
public final class CpuPooling implements PoolingKernels {
    /** Elements of the input that a task looks at, at least. */
    private static final int TASK_ELEMENTS = 16_384;

    private final WorkerPool pool;

    /** Uses a pool's threads. */
    public CpuPooling(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public void maximum(View input, Window window, View output, View indices) {
        if (output.elements() == 0) {
            return;
        }
        var source = Planes.of(input);
        var maximum =
                new Maximum(
                        CpuBuffer.of(input).floats(),
                        source,
                        Reach.of(source.sizes(), window),
                        CpuBuffer.of(output).floats(),
                        Planes.of(output),
                        CpuBuffer.of(indices).longs(),
                        Planes.of(indices));
        forPlanes(source, maximum::plane);
    }

    @Override
    public void average(View input, Window window, boolean countPadding, View output) {
        if (output.elements() == 0) {
            return;
        }
        var source = Planes.of(input);
        var average = new Average(source, Reach.of(source.sizes(), window), countPadding);
        float[] from = CpuBuffer.of(input).floats();
        float[] to = CpuBuffer.of(output).floats();
        var target = Planes.of(output);
        forPlanes(source, plane -> average.forward(from, plane, to, target));
    }

    @Override
    public void averageGradient(
            View outputGradient, Window window, boolean countPadding, View inputGradient) {
        if (inputGradient.elements() == 0) {
            return;
        }
        var target = Planes.of(inputGradient);
        var average = new Average(target, Reach.of(target.sizes(), window), countPadding);
        float[] from = CpuBuffer.of(outputGradient).floats();
        float[] to = CpuBuffer.of(inputGradient).floats();
        var source = Planes.of(outputGradient);
        forPlanes(target, plane -> average.backward(from, source, plane, to));
    }

    private void forPlanes(Planes planes, PlaneAction action) {
        int together = Math.max(1, TASK_ELEMENTS / Math.max(1, planes.size()));
        pool.run(
                (planes.count() + together - 1) / together,
                (task, worker) -> {
                    int end = Math.min(planes.count(), (task + 1) * together);
                    for (int plane = task * together; plane < end; plane++) {
                        action.handle(plane);
                    }
                });
    }

    private interface PlaneAction {
        void handle(int plane);
    }
}
