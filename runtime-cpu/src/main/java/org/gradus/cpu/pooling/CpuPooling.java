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
        var target = Planes.of(output);
        var maximum =
                new Maximum(
                        CpuBuffer.of(input).floats(),
                        source,
                        spans(source, window, target),
                        CpuBuffer.of(output).floats(),
                        target,
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
        var target = Planes.of(output);
        var average = average(source, window, countPadding, target);
        float[] from = CpuBuffer.of(input).floats();
        float[] to = CpuBuffer.of(output).floats();
        forPlanes(source, plane -> average.forward(from, plane, to, target));
    }

    @Override
    public void averageGradient(
            View outputGradient, Window window, boolean countPadding, View inputGradient) {
        if (inputGradient.elements() == 0) {
            return;
        }
        var target = Planes.of(inputGradient);
        var source = Planes.of(outputGradient);
        var average = average(target, window, countPadding, source);
        float[] from = CpuBuffer.of(outputGradient).floats();
        float[] to = CpuBuffer.of(inputGradient).floats();
        forPlanes(target, plane -> average.backward(from, source, plane, to));
    }

    private static Average average(
            Planes image, Window window, boolean countPadding, Planes positions) {
        return new Average(
                image, spans(image, window, positions), countPadding ? window.elements() : 0);
    }

    private static Spans[] spans(Planes image, Window window, Planes positions) {
        return Spans.of(Reach.of(image.sizes(), window), positions.sizes());
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
