package org.gradus.cpu.softmax;

import org.gradus.cpu.pointwise.FloatMath;
import org.gradus.cpu.vector.VectorProvider;

/**
 * The passes over one row that softmax and its relatives are made of, in plain Java. Each array
 * comes with the place where the row begins in it.
 */
class SoftmaxRows {
    SoftmaxRows() {}

    /** Returns the passes for this JVM. */
    static SoftmaxRows create() {
        return VectorProvider.available() ? new VectorSoftmaxRows() : new SoftmaxRows();
    }

    /** Stores {@code exp(x - shift)} in {@code y} and returns the sum. */
    float exponentials(float[] x, int xAt, float shift, float[] y, int yAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            float e = FloatMath.exp(x[xAt + i] - shift);
            y[yAt + i] = e;
            sum += e;
        }
        return (float) sum;
    }

    /** Returns the sum of {@code exp(x - shift)}. */
    float sumOfExponentials(float[] x, int xAt, float shift, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += FloatMath.exp(x[xAt + i] - shift);
        }
        return (float) sum;
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
            to[at + i] = g[gAt + i] - FloatMath.exp(y[yAt + i]) * sum;
        }
    }

    /** Stores {@code exp(x - shift) * factor} in {@code y}. */
    void scaledExponentials(
            float[] x, int xAt, float shift, float factor, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] = FloatMath.exp(x[xAt + i] - shift) * factor;
        }
    }
}
