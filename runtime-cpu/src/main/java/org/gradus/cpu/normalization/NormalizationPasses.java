package org.gradus.cpu.normalization;

import static org.gradus.cpu.vector.Lanes.COUNT;

import org.gradus.cpu.vector.Lanes;
import org.gradus.cpu.vector.Warming;

/**
 * The passes over contiguous elements that normalizations are made of, in plain Java. An array is
 * followed by the place where the elements begin in it, except for arrays of parameters, which
 * begin at 0.
 */
class NormalizationPasses {
    private static final int SMALLEST_BITS = 128;

    private static final Warming<NormalizationPasses> WARMING =
            new Warming<>(
                    new NormalizationPasses(),
                    SMALLEST_BITS,
                    () -> new VectorNormalizationPasses(),
                    new Exercise()::of);

    NormalizationPasses() {}

    /** Returns the passes that are fastest now. */
    static NormalizationPasses best() {
        return WARMING.best();
    }

    /** What the compiler must have seen. */
    private static final class Exercise {
        /** Vectors, and what is left. */
        private static final int LENGTH = 4 * COUNT - 1;

        private final float[] x = new float[LENGTH];
        private final float[] y = new float[LENGTH];
        private final float[] z = new float[LENGTH];
        private float result;

        void of(NormalizationPasses passes) {
            result += passes.sumOfSquares(x, 0, 0, LENGTH);
            result += passes.sumOfProducts(x, 0, x, 0, 0, LENGTH);
            passes.affine(x, 0, 1, 0, y, 0, LENGTH);
            passes.combine(x, 0, 1, x, 0, 0, 0, y, 0, LENGTH);
            passes.affineRows(x, 0, x, x, y, 0, LENGTH);
            passes.normalize(x, 0, 0, 1, x, x, y, 0, LENGTH);
            passes.multiply(x, 0, x, y, LENGTH);
            passes.addParameterGradients(x, 0, x, 0, 0, 1, y, z, 0, LENGTH);
            passes.addColumnMoments(x, 0, x, y, z, LENGTH);
            passes.addColumnProducts(x, 0, x, 0, x, y, z, LENGTH);
            passes.combineRows(x, 0, x, x, 0, x, x, y, 0, LENGTH);
        }
    }

    /** Returns the sum of squares of {@code x - mean}. */
    float sumOfSquares(float[] x, int at, float mean, int n) {
        float[] sums = new float[COUNT];
        int i = 0;
        for (; i + COUNT <= n; i += COUNT) {
            for (int lane = 0; lane < COUNT; lane++) {
                float d = x[at + i + lane] - mean;
                sums[lane] = Math.fma(d, d, sums[lane]);
            }
        }
        float sum = Lanes.sum(sums);
        for (; i < n; i++) {
            float d = x[at + i] - mean;
            sum = Math.fma(d, d, sum);
        }
        return sum;
    }

    /** Returns the sum of {@code g * (x - mean)}. */
    float sumOfProducts(float[] g, int gAt, float[] x, int at, float mean, int n) {
        float[] sums = new float[COUNT];
        int i = 0;
        for (; i + COUNT <= n; i += COUNT) {
            for (int lane = 0; lane < COUNT; lane++) {
                float d = x[at + i + lane] - mean;
                sums[lane] = Math.fma(d, g[gAt + i + lane], sums[lane]);
            }
        }
        float sum = Lanes.sum(sums);
        for (; i < n; i++) {
            sum = Math.fma(x[at + i] - mean, g[gAt + i], sum);
        }
        return sum;
    }

    /** Stores {@code x * factor + shift} in {@code y}. */
    void affine(float[] x, int at, float factor, float shift, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = Math.fma(x[at + i], factor, shift);
        }
    }

    /** Stores {@code a * g + b * x + c}. */
    void combine(
            float[] g,
            int gAt,
            float a,
            float[] x,
            int at,
            float b,
            float c,
            float[] to,
            int toAt,
            int n) {
        for (int i = 0; i < n; i++) {
            to[toAt + i] = Math.fma(g[gAt + i], a, Math.fma(x[at + i], b, c));
        }
    }

    /** Stores {@code x * factor + shift}, each element with its own factor and shift. */
    void affineRows(float[] x, int at, float[] factor, float[] shift, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = Math.fma(x[at + i], factor[i], shift[i]);
        }
    }

    /** Stores {@code (x - mean) * scale * w + b}, each element with its own weight and bias. */
    void normalize(
            float[] x,
            int at,
            float mean,
            float scale,
            float[] w,
            float[] b,
            float[] y,
            int yAt,
            int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = Math.fma((x[at + i] - mean) * scale, w[i], b[i]);
        }
    }

    /** Stores {@code x * w} in {@code y}, which begins at 0 like the weights. */
    void multiply(float[] x, int at, float[] w, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = x[at + i] * w[i];
        }
    }

    /**
     * Adds {@code g * (x - mean) * scale} to {@code dw} and {@code g} to {@code db}, from {@code
     * to} on.
     */
    void addParameterGradients(
            float[] g,
            int gAt,
            float[] x,
            int at,
            float mean,
            float scale,
            float[] dw,
            float[] db,
            int to,
            int n) {
        for (int i = 0; i < n; i++) {
            float h = (x[at + i] - mean) * scale;
            dw[to + i] = Math.fma(g[gAt + i], h, dw[to + i]);
            db[to + i] += g[gAt + i];
        }
    }

    /** Adds {@code x - shift} to {@code sums} and its square to {@code squares}, by columns. */
    void addColumnMoments(float[] x, int at, float[] shift, float[] sums, float[] squares, int n) {
        for (int i = 0; i < n; i++) {
            float d = x[at + i] - shift[i];
            sums[i] += d;
            squares[i] = Math.fma(d, d, squares[i]);
        }
    }

    /**
     * Adds {@code g} to {@code sums} and {@code g * (x - shift)} to {@code products}, by columns.
     */
    void addColumnProducts(
            float[] g,
            int gAt,
            float[] x,
            int at,
            float[] shift,
            float[] sums,
            float[] products,
            int n) {
        for (int i = 0; i < n; i++) {
            sums[i] += g[gAt + i];
            products[i] = Math.fma(g[gAt + i], x[at + i] - shift[i], products[i]);
        }
    }

    /** Stores {@code a * g + b * x + c}, each element with its own coefficients. */
    void combineRows(
            float[] g,
            int gAt,
            float[] a,
            float[] x,
            int at,
            float[] b,
            float[] c,
            float[] to,
            int toAt,
            int n) {
        for (int i = 0; i < n; i++) {
            to[toAt + i] = Math.fma(g[gAt + i], a[i], Math.fma(x[at + i], b[i], c[i]));
        }
    }
}
