package org.gradus.cpu.matmul;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gradus.cpu.vector.VectorProvider;

/**
 * The micro-kernels that this processor can run, and which of them suits a product.
 *
 * <p>Which is fastest depends on the processor and on how the compiler schedules registers, so they
 * are timed once, on a thread of their own while the program loads its data; that compiles them as
 * well. Until it is known, the first of each is used. Since all vector kernels give the same bits,
 * the result of a product does not depend on the choice.
 */
public final class MicroKernels {
    /** The narrowest vectors for which the vector kernels are written. */
    static final int VECTOR_BITS = 256;

    private static final int WIDE_BITS = 512;
    private static final int TIMED_DEPTH = 256;
    private static final int TIMED_ROUNDS = 5;
    private static final int TIMED_CALLS = 200;
    private static final int WARM_CALLS = 2_000;
    private static final int WARM_DEPTH = 24;

    private final List<MicroKernel> candidates;

    /** Seconds per row, column and element of depth, relative to each other; once timed. */
    private volatile double[] costs;

    private MicroKernels(List<MicroKernel> candidates, double[] costs) {
        this.candidates = candidates;
        this.costs = costs;
    }

    /** Returns those of this processor and starts to time them. */
    public static MicroKernels ofProcessor() {
        var kernels = untimed(candidates());
        if (kernels.candidates.size() > 1) {
            Thread.ofPlatform()
                    .name("gradus-cpu-calibration")
                    .daemon()
                    .start(() -> kernels.costs = time(kernels.candidates));
        }
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

    private static double[] time(List<MicroKernel> candidates) {
        double[] result = new double[candidates.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = time(candidates.get(i));
        }
        return result;
    }

    private static double time(MicroKernel kernel) {
        int columns = kernel.panels() * MicroKernel.WIDTH;
        float[] a = new float[kernel.rows() * TIMED_DEPTH];
        float[] b = new float[columns * TIMED_DEPTH];
        float[] c = new float[kernel.rows() * columns];
        // Many short calls reach the compiler's thresholds sooner than few long ones.
        for (int i = 0; i < WARM_CALLS; i++) {
            kernel.multiply(WARM_DEPTH, a, 0, b, 0, c, 0, columns, (i & 1) == 0);
            kernel.single().multiply(WARM_DEPTH, a, 0, b, 0, c, 0, columns, (i & 1) == 0);
        }
        long best = Long.MAX_VALUE;
        for (int round = 0; round < TIMED_ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < TIMED_CALLS; i++) {
                kernel.multiply(TIMED_DEPTH, a, 0, b, 0, c, 0, columns, (i & 1) == 0);
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        return (double) best / (kernel.rows() * columns);
    }
}
