package org.gradus.cpu.indexing;

import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.Elements;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.CumulateOp;
import org.gradus.device.View;
import org.gradus.dtype.DType;

/** Running totals along an axis, kept in double precision or 64-bit integers. */
public final class Cumulate {
    private static final int TASK = 1 << 14;

    private final WorkerPool pool;

    /** Creates running totals that share their work among a pool's threads. */
    public Cumulate(WorkerPool pool) {
        this.pool = pool;
    }

    /** Stores the running sum or product along an axis. */
    public void cumulate(CumulateOp op, View input, View output, int axis) {
        if (input.elements() == 0) {
            return;
        }
        Lines lines = new Lines(input.shape(), axis, List.of(input, output));
        long perTask = lines.perTask(TASK);
        pool.run(
                Math.toIntExact((lines.count() + perTask - 1) / perTask),
                (task, worker) -> {
                    long end = Math.min(lines.count(), (task + 1) * perTask);
                    for (long line = task * perTask; line < end; line++) {
                        if (input.dtype().isFloating() || output.dtype().isFloating()) {
                            cumulateDoubles(op, lines, line, input, output);
                        } else {
                            cumulateLongs(op, lines, line, input, output);
                        }
                    }
                });
    }

    private static void cumulateDoubles(
            CumulateOp op, Lines lines, long line, View input, View output) {
        Object from = CpuBuffer.of(input).array();
        Object to = CpuBuffer.of(output).array();
        DType type = input.dtype();
        int f = lines.start(0, line);
        int t = lines.start(1, line);
        double total = op == CumulateOp.SUM ? 0 : 1;
        for (int i = 0; i < lines.length(); i++) {
            double x = Elements.getDouble(from, type, f);
            total = op == CumulateOp.SUM ? total + x : total * x;
            Elements.set(to, output.dtype(), t, total);
            f += lines.stride(0);
            t += lines.stride(1);
        }
    }

    private static void cumulateLongs(
            CumulateOp op, Lines lines, long line, View input, View output) {
        Object from = CpuBuffer.of(input).array();
        Object to = CpuBuffer.of(output).array();
        DType type = input.dtype();
        int f = lines.start(0, line);
        int t = lines.start(1, line);
        long total = op == CumulateOp.SUM ? 0 : 1;
        for (int i = 0; i < lines.length(); i++) {
            long x = Elements.getLong(from, type, f);
            total = op == CumulateOp.SUM ? total + x : total * x;
            Elements.set(to, output.dtype(), t, total);
            f += lines.stride(0);
            t += lines.stride(1);
        }
    }
}
