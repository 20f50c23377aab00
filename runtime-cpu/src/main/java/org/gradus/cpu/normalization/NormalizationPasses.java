package org.gradus.cpu.normalization;

import org.gradus.cpu.vector.VectorProvider;

/**
 * The passes over contiguous elements that normalizations are made of, in plain Java. An array is
 * followed by the place where the elements begin in it, except for arrays of parameters, which
 * begin at 0.
 */
class NormalizationPasses {
    NormalizationPasses() {}

    /** Returns the passes for this JVM. */
    static NormalizationPasses create() {
        return VectorProvider.available()
                ? new VectorNormalizationPasses()
                : new NormalizationPasses();
    }

    /** Returns the sum of squares of {@code x - mean}. */
    float sumOfSquares(float[] x, int at, float mean, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            float d = x[at + i] - mean;
            sum += d * d;
        }
        return (float) sum;
    }

    /** Returns the sum of {@code g * (x - mean)}. */
    float sumOfProducts(float[] g, int gAt, float[] x, int at, float mean, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (x[at + i] - mean) * g[gAt + i];
        }
        return (float) sum;
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
