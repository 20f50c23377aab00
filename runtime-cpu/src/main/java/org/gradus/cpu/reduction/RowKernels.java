package org.gradus.cpu.reduction;

import static org.gradus.cpu.vector.Lanes.COUNT;

import org.gradus.cpu.vector.Lanes;
import org.gradus.cpu.vector.Warming;

/** Reductions of {@code n ≥ 1} neighbouring floats to one, in plain Java. */
public class RowKernels {
    private static final int SMALLEST_BITS = 128;

    private static final Warming<RowKernels> WARMING =
            new Warming<>(
                    new RowKernels(),
                    SMALLEST_BITS,
                    () -> new VectorRowKernels(),
                    new Exercise()::of);

    RowKernels() {}

    /** Returns the kernels that are fastest now. */
    public static RowKernels best() {
        return WARMING.best();
    }

    /** What the compiler must have seen. */
    private static final class Exercise {
        /** Some of everything: blocks of vectors, vectors, and what is left. */
        private static final int LENGTH = 7 * COUNT - 1;

        private final float[] x = new float[LENGTH];
        private float result;

        void of(RowKernels kernels) {
            result += kernels.sum(x, 0, LENGTH) + kernels.dot(x, 0, x, 0, LENGTH);
            result += kernels.maximum(x, 0, LENGTH) + kernels.minimum(x, 0, LENGTH);
        }
    }

    /** Returns the sum. */
    public float sum(float[] x, int at, int n) {
        float sum = 0;
        int i = 0;
        if (n >= COUNT) {
            float[] sums = new float[4 * COUNT];
            for (; i + 4 * COUNT <= n; i += 4 * COUNT) {
                for (int lane = 0; lane < 4 * COUNT; lane++) {
                    sums[lane] += x[at + i + lane];
                }
            }
            for (; i + COUNT <= n; i += COUNT) {
                for (int lane = 0; lane < COUNT; lane++) {
                    sums[lane] += x[at + i + lane];
                }
            }
            for (int lane = 0; lane < COUNT; lane++) {
                sums[lane] += sums[lane + COUNT];
                sums[lane] += sums[lane + 2 * COUNT] + sums[lane + 3 * COUNT];
            }
            sum = Lanes.sum(sums);
        }
        for (; i < n; i++) {
            sum += x[at + i];
        }
        return sum;
    }

    /** Returns the largest; NaN if any is NaN. */
    public float maximum(float[] x, int at, int n) {
        float result = x[at];
        for (int i = at + 1; i < at + n; i++) {
            result = Math.max(result, x[i]);
        }
        return result;
    }

    /** Returns the smallest; NaN if any is NaN. */
    public float minimum(float[] x, int at, int n) {
        float result = x[at];
        for (int i = at + 1; i < at + n; i++) {
            result = Math.min(result, x[i]);
        }
        return result;
    }

    /** Returns the sum of products of corresponding elements. */
    public float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        float sum = 0;
        int i = 0;
        if (n >= COUNT) {
            float[] sums = new float[2 * COUNT];
            for (; i + 2 * COUNT <= n; i += 2 * COUNT) {
                for (int lane = 0; lane < 2 * COUNT; lane++) {
                    sums[lane] = Math.fma(x[xAt + i + lane], y[yAt + i + lane], sums[lane]);
                }
            }
            for (; i + COUNT <= n; i += COUNT) {
                for (int lane = 0; lane < COUNT; lane++) {
                    sums[lane] = Math.fma(x[xAt + i + lane], y[yAt + i + lane], sums[lane]);
                }
            }
            for (int lane = 0; lane < COUNT; lane++) {
                sums[lane] += sums[lane + COUNT];
            }
            sum = Lanes.sum(sums);
        }
        for (; i < n; i++) {
            sum += x[xAt + i] * y[yAt + i];
        }
        return sum;
    }
}
