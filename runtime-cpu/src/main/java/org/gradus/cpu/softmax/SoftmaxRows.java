package org.gradus.cpu.softmax;

import static org.gradus.cpu.vector.Lanes.COUNT;

import org.gradus.cpu.pointwise.FloatMath;
import org.gradus.cpu.vector.Lanes;
import org.gradus.cpu.vector.Warming;

/**
 * The passes over one row that softmax and its relatives are made of, in plain Java. Each array
 * comes with the place where the row begins in it.
 */
class SoftmaxRows {
    private static final int SMALLEST_BITS = 128;

    private static final Warming<SoftmaxRows> WARMING =
            new Warming<>(
                    new SoftmaxRows(),
                    SMALLEST_BITS,
                    () -> new VectorSoftmaxRows(),
                    new Exercise()::of);

    SoftmaxRows() {}

    /** Returns the passes that are fastest now. */
    static SoftmaxRows best() {
        return WARMING.best();
    }

    /** What the compiler must have seen. */
    private static final class Exercise {
        /** Four vectors at once, vectors, and what is left. */
        private static final int LENGTH = 6 * COUNT - 1;

        private final float[] x = new float[LENGTH];
        private final float[] y = new float[LENGTH];
        private float result;

        void of(SoftmaxRows rows) {
            result += rows.largest(x, 0, LENGTH);
            result += rows.sumOfExponentials(x, 0, 0, LENGTH);
            result += rows.exponentials(x, 0, 0, y, 0, LENGTH);
            rows.scale(x, 0, 1, y, 0, LENGTH);
            rows.subtract(x, 0, 1, y, 0, LENGTH);
            rows.softmaxGradient(x, 0, 1, x, 0, y, 0, LENGTH);
            rows.logSoftmaxGradient(x, 0, 1, x, 0, y, 0, LENGTH);
            rows.scaledExponentials(x, 0, 0, 1, y, 0, LENGTH);
        }
    }

    /** Returns the largest number that is not NaN; negative infinity if all are NaN. */
    float largest(float[] x, int at, int n) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + n; i++) {
            largest = x[i] > largest ? x[i] : largest;
        }
        // which of two zeros came first must not show
        return largest + 0f;
    }

    /** Stores {@code exp(x - shift)} in {@code y} and returns the sum. */
    float exponentials(float[] x, int xAt, float shift, float[] y, int yAt, int n) {
        float[] sums = new float[COUNT];
        int i = 0;
        for (; i + COUNT <= n; i += COUNT) {
            for (int lane = 0; lane < COUNT; lane++) {
                float e = FloatMath.normalExp(x[xAt + i + lane] - shift);
                y[yAt + i + lane] = e;
                sums[lane] += e;
            }
        }
        float sum = Lanes.sum(sums);
        for (; i < n; i++) {
            float e = FloatMath.normalExp(x[xAt + i] - shift);
            y[yAt + i] = e;
            sum += e;
        }
        return sum;
    }

    /** Returns the sum of {@code exp(x - shift)}. */
    float sumOfExponentials(float[] x, int xAt, float shift, int n) {
        float[] sums = new float[COUNT];
        int i = 0;
        for (; i + COUNT <= n; i += COUNT) {
            for (int lane = 0; lane < COUNT; lane++) {
                sums[lane] += FloatMath.normalExp(x[xAt + i + lane] - shift);
            }
        }
        float sum = Lanes.sum(sums);
        for (; i < n; i++) {
            sum += FloatMath.normalExp(x[xAt + i] - shift);
        }
        return sum;
    }

    /** Stores {@code x * factor} in {@code y}. */
    void scale(float[] x, int xAt, float factor, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = x[xAt + i] * factor;
        }
    }

    /** Stores {@code x - shift} in {@code y}. */
    void subtract(float[] x, int xAt, float shift, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = x[xAt + i] - shift;
        }
    }

    /** Stores {@code (g - shift) * y}. */
    void softmaxGradient(
            float[] g, int gAt, float shift, float[] y, int yAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = (g[gAt + i] - shift) * y[yAt + i];
        }
    }

    /** Stores {@code g - exp(y) * sum}. */
    void logSoftmaxGradient(
            float[] g, int gAt, float sum, float[] y, int yAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = g[gAt + i] - FloatMath.normalExp(y[yAt + i]) * sum;
        }
    }

    /** Stores {@code exp(x - shift) * factor} in {@code y}. */
    void scaledExponentials(
            float[] x, int xAt, float shift, float factor, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = FloatMath.normalExp(x[xAt + i] - shift) * factor;
        }
    }
}
