package org.gradus.cpu.matmul;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.gradus.cpu.vector.CacheLines;
import org.gradus.cpu.vector.VectorProvider;

/**
 * The micro-kernels that this processor can run, and which of them suits a product.
 *
 * <p>Which is fastest depends on the processor and on how the compiler schedules registers, so they
 * are compiled and timed once, on a thread of their own while the program loads its data. Until
 * then a scalar kernel serves, because vector code that is not compiled is a thousand times slower
 * than compiled. It gives the same bits as the vector kernels, and they as each other: results do
 * not depend on the choice, nor on when it was made.
 */
public final class MicroKernels {
    /** The narrowest vectors for which the vector kernels are written. */
    static final int VECTOR_BITS = 256;

    /** The vectors of the wide kernels. */
    static final int WIDE_BITS = 512;

    private static final MicroKernel INTERIM = new Scalar4x16();

    /** Enough short calls to be compiled as a whole, not just the loop that runs. */
    private static final int WARM_CALLS = 2_500;

    private static final int WARM_DEPTH = 16;

    /** How long the compiler is left in peace before the next look. */
    private static final long PAUSE_MILLIS = 2;

    private static final int TIMED_DEPTH = 256;
    private static final int TIMED_CALLS = 5;

    /** For so long a kernel is timed once it is compiled. */
    private static final long TIMED_NANOS = 100_000_000;

    /** Compiled kernels take less for a product and sum, interpreted ones a hundred times more. */
    private static final double COMPILED_NANOS = 0.5;

    /** By so much a kernel must be faster than the one before it: timing differs by less. */
    private static final double PREFERENCE = 1.05;

    /** How long the compiler is waited for. */
    private static final long GIVE_UP_NANOS = 60_000_000_000L;

    private final List<MicroKernel> candidates;

    /** The time per row of each candidate, relative to the others; null until it is known. */
    private volatile double[] costs;

    private MicroKernels(List<MicroKernel> candidates, double[] costs) {
        this.candidates = candidates;
        this.costs = costs;
    }

    /** Returns those of this processor; the first call starts to time them. */
    public static MicroKernels ofProcessor() {
        return OfProcessor.KERNELS;
    }

    /** What all devices of the process share. */
    private static final class OfProcessor {
        static final MicroKernels KERNELS = timed(MicroKernels.candidates());
    }

    private static MicroKernels timed(List<MicroKernel> candidates) {
        if (candidates.size() == 1) {
            return untimed(candidates);
        }
        var kernels = new MicroKernels(candidates, null);
        Thread.ofPlatform().name("gradus-cpu-calibration").daemon().start(kernels::time);
        return kernels;
    }

    /** Returns the given kernels, best first, without timing them. */
    static MicroKernels untimed(List<MicroKernel> candidates) {
        double[] costs = new double[candidates.size()];
        Arrays.setAll(costs, i -> 1 + 0.1 * i);
        return new MicroKernels(List.copyOf(candidates), costs);
    }

    /** Returns new kernels, those that are probably best first. */
    static List<MicroKernel> candidates() {
        var result = new ArrayList<MicroKernel>();
        if (VectorProvider.bits() >= WIDE_BITS) {
            result.add(new Wide12x32());
            result.add(new Wide8x32());
        } else if (VectorProvider.bits() >= VECTOR_BITS) {
            result.add(new Fenced6x16());
            result.add(new Plain6x16());
            result.add(new Plain4x16());
        } else {
            result.add(new Scalar4x16());
        }
        return result;
    }

    /** Returns the kernel that is fastest for a product with so many rows. */
    public MicroKernel forRows(int rows) {
        double[] known = costs;
        if (known == null) {
            return Scalar4x16.FUSED ? INTERIM : candidates.get(0);
        }
        int best = 0;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < known.length; i++) {
            int height = candidates.get(i).rows();
            double cost = known[i] * ((rows + height - 1) / height * height);
            if (cost < lowest) {
                lowest = cost;
                best = i;
            }
        }
        return candidates.get(best);
    }

    /** Times one kernel after the other, so that the first serves while others are compiled. */
    private void time() {
        double[] known = new double[candidates.size()];
        Arrays.fill(known, Double.POSITIVE_INFINITY);
        double handicap = 1;
        for (int i = 0; i < known.length; i++) {
            MicroKernel kernel = candidates.get(i);
            if (kernel.panels() > 1) {
                warm(kernel, kernel.single());
            } else {
                warm(kernel);
            }
            known[i] = handicap * time(kernel, 0);
            costs = known.clone();
            known[i] = handicap * time(kernel, TIMED_NANOS);
            costs = known.clone();
            handicap *= PREFERENCE;
        }
    }

    /** Has kernels compiled, all at once, and waits until they are. */
    private static void warm(MicroKernel... kernels) {
        for (MicroKernel kernel : kernels) {
            var data = new Operands(kernel);
            for (int i = 0; i < WARM_CALLS; i++) {
                data.multiply(kernel, WARM_DEPTH, 0, (i & 1) == 0);
            }
        }
        long giveUp = System.nanoTime() + GIVE_UP_NANOS;
        for (MicroKernel kernel : kernels) {
            var data = new Operands(kernel);
            double compiled = COMPILED_NANOS * WARM_DEPTH * kernel.rows() * data.columns();
            long start;
            do {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
                start = System.nanoTime();
                for (int i = 0; i < TIMED_CALLS; i++) {
                    data.multiply(kernel, WARM_DEPTH, 0, (i & 1) == 0);
                }
            } while (System.nanoTime() - start > TIMED_CALLS * compiled
                    && System.nanoTime() < giveUp);
        }
    }

    /** Returns the relative time per row of a compiled kernel, the best within some time. */
    private static double time(MicroKernel kernel, long nanos) {
        var data = new Operands(kernel);
        long now = System.nanoTime();
        long end = now + nanos;
        long best = Long.MAX_VALUE;
        int offset = 0;
        do {
            // one of the offsets is where products have their panels
            offset = (offset + 2) % CacheLines.SLACK;
            for (int i = 0; i < TIMED_CALLS; i++) {
                data.multiply(kernel, TIMED_DEPTH, offset, (i & 1) == 0);
            }
            long after = System.nanoTime();
            best = Math.min(best, after - now);
            now = after;
        } while (now < end);
        return (double) best / (kernel.rows() * kernel.panels());
    }

    /** Panels of zeros, and room for a tile. */
    private record Operands(float[] a, float[] b, float[] c, int columns) {
        Operands(MicroKernel kernel) {
            int columns = kernel.panels() * MicroKernel.WIDTH;
            this(
                    new float[kernel.rows() * TIMED_DEPTH],
                    new float[columns * TIMED_DEPTH + CacheLines.SLACK],
                    new float[kernel.rows() * columns],
                    columns);
        }

        void multiply(MicroKernel kernel, int depth, int bOffset, boolean accumulate) {
            kernel.multiply(depth, a, 0, b, bOffset, c, 0, columns, accumulate);
        }
    }
}
