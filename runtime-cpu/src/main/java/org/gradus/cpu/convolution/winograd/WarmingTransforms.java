package org.gradus.cpu.convolution.winograd;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.gradus.cpu.vector.VectorProvider;

/**
 * Plain transforms until the vector ones are compiled: before that, code on the Vector API is a
 * thousand times slower. They are run by a thread in the background, from the first use on, until
 * the compiler has dealt with them. Both give the same bits, so nobody sees the change but by the
 * clock.
 */
final class WarmingTransforms {
    private static final int SMALLEST_BITS = 256;

    private static final int TILES = 32;
    private static final int POINT = TILES + Transforms.SLACK;
    private static final int[] ROWS = {0, 10, 20, 30};

    /** Compiled transforms take less than a tenth of it, others much more. */
    private static final long COMPILED_NANOS = 20_000;

    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Transforms plain = new Transforms();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile Transforms compiled;

    /** Returns what is fastest now. */
    Transforms best() {
        Transforms ready = compiled;
        if (ready != null) {
            return ready;
        }
        if (VectorProvider.bits() >= SMALLEST_BITS && started.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("gradus-cpu-warm-up").start(this::warm);
        }
        return plain;
    }

    private void warm() {
        Transforms vectors = new VectorTransforms();
        float[] values = new float[Transforms.POINTS * POINT];
        float[] results = new float[Transforms.POINTS * POINT];
        Arrays.fill(values, 0.5f);
        long start = System.nanoTime();
        long before = start;
        int fast = 0;
        while (fast < 10 && before - start < GIVE_UP_NANOS) {
            for (int from = 0; from < TILES; from += Transforms.GROUP) {
                vectors.inputColumns(values, from, POINT, results, from, POINT);
                vectors.output(values, from, POINT, 1, results, from, POINT * 2 + from);
            }
            // also lengths that are no multiples of a vector's
            for (int tiles = 1; tiles < TILES; tiles += Transforms.GROUP - 1) {
                vectors.inputRow(values, tiles, tiles, results, tiles, 4 * POINT, POINT);
            }
            for (int width = 6; width <= Transforms.GROUP; width += 10) {
                vectors.input(values, ROWS, width, 2, results, 0, POINT);
                vectors.gradient(values, ROWS, width, 2, results, 0, POINT);
                vectors.filters(values, width, width, 2, results, 0, POINT);
            }
            long after = System.nanoTime();
            fast = after - before < COMPILED_NANOS ? fast + 1 : 0;
            before = after;
        }
        if (fast > 0) {
            compiled = vectors;
        }
    }
}
