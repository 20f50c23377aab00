package org.gradus.cpu.reduction;

import org.gradus.cpu.vector.VectorProvider;

/** Reductions of {@code n ≥ 1} neighbouring floats to one, in plain Java. */
public class RowKernels {
    RowKernels() {}

    /** Returns the kernels for this JVM. */
    public static RowKernels create() {
        return VectorProvider.available() ? new VectorRowKernels() : new RowKernels();
    }

    /** Returns the sum, gathered in eight lanes. */
    public float sum(float[] x, int at, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int i = at;
        int end = at + n;
        for (; i + 7 < end; i += 8) {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
        }
        for (; i < end; i++) {
            s0 += x[i];
        }
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
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
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < n; i += 4) {
            s0 += x[xAt + i] * y[yAt + i];
            s1 += x[xAt + i + 1] * y[yAt + i + 1];
            s2 += x[xAt + i + 2] * y[yAt + i + 2];
            s3 += x[xAt + i + 3] * y[yAt + i + 3];
        }
        for (; i < n; i++) {
            s0 += x[xAt + i] * y[yAt + i];
        }
        return (s0 + s2) + (s1 + s3);
    }
}
