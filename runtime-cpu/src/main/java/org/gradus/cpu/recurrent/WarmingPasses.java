package org.gradus.cpu.recurrent;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.gradus.cpu.matmul.Matrix;
import org.gradus.cpu.vector.VectorProvider;

/**
 * Plain passes until the vector ones are compiled: before that, code on the Vector API is a
 * thousand times slower. They are run by a thread in the background, from the first use on, until
 * the compiler has dealt with them. Both give the same bits, so nobody sees the change but by the
 * clock.
 */
final class WarmingPasses {
    private static final int ROWS = 32;

    /** A multiple of the vectors' length and some more, so that both loops are compiled. */
    private static final int UNITS = 33;

    /** Compiled passes take less than a tenth of it, others much more. */
    private static final long COMPILED_NANOS = 100_000;

    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final CellPasses plain = new CellPasses();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile CellPasses compiled;

    /** Returns what is fastest now. */
    CellPasses best() {
        CellPasses ready = compiled;
        if (ready != null) {
            return ready;
        }
        if (VectorProvider.available() && started.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("gradus-cpu-warm-up").start(this::warm);
        }
        return plain;
    }

    private void warm() {
        CellPasses vectors = new VectorCellPasses();
        float[] values = new float[ROWS * UNITS * 4];
        long start = System.nanoTime();
        long before = start;
        int fast = 0;
        while (fast < 10 && before - start < GIVE_UP_NANOS) {
            Arrays.fill(values, 0.5f);
            runAll(vectors, values);
            long after = System.nanoTime();
            fast = after - before < COMPILED_NANOS ? fast + 1 : 0;
            before = after;
        }
        if (fast > 0) {
            compiled = vectors;
        }
    }

    private static void runAll(CellPasses passes, float[] values) {
        var one = new Matrix(values, 0, 4 * UNITS, 1);
        var other = new Matrix(new float[values.length], 0, 4 * UNITS, 1);
        var third = new Matrix(new float[values.length], 0, 4 * UNITS, 1);
        passes.sum(one, other, other, third, ROWS, UNITS);
        passes.sigmoid(third, ROWS, UNITS);
        passes.tanh(one, third, ROWS, UNITS);
        passes.relu(third, ROWS, UNITS);
        passes.add(one, third, ROWS, UNITS);
        passes.multiply(one, third, ROWS, UNITS);
        passes.lstm(one, UNITS, other, third, ROWS, UNITS);
        passes.candidate(one, third, other, one, third, ROWS, UNITS);
        passes.gru(one, UNITS, other, third, ROWS, UNITS);
        passes.tanhGradient(one, other, third, ROWS, UNITS);
        passes.reluGradient(one, other, third, ROWS, UNITS);
        passes.lstmGradient(one, one, one, other, third, UNITS, ROWS, UNITS);
        passes.gruGradient(one, one, other, third, third, UNITS, ROWS, UNITS);
    }
}
