package org.gradus.cpu.matmul;

/**
 * 4 rows and 16 columns without the Vector API, four columns at a time so that the 16 sums stay in
 * registers. Loops over arrays of sums, which the compiler might vectorize, measured slower.
 *
 * <p>Where the processor has fused multiply-add, it is used, and the result has the same bits as
 * that of the vector kernels.
 */
final class Scalar4x16 implements MicroKernel {
    private static final int ROWS = 4;
    private static final int COLUMNS = 4;

    /** Whether the processor multiplies and adds in one step; in software it takes 100 times. */
    static final boolean FUSED = nanosOfFusedAdd() < 200;

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int panels() {
        return 1;
    }

    @Override
    public MicroKernel single() {
        return this;
    }

    @Override
    public void multiply(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride,
            boolean accumulate) {
        for (int column = 0; column < WIDTH; column += COLUMNS) {
            columns(
                    depth,
                    a,
                    aOffset,
                    b,
                    bOffset + column,
                    c,
                    cOffset + column,
                    cStride,
                    accumulate);
        }
    }

    private static void columns(
            int depth,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] c,
            int cOffset,
            int cStride,
            boolean accumulate) {
        float s00 = 0, s01 = 0, s02 = 0, s03 = 0;
        float s10 = 0, s11 = 0, s12 = 0, s13 = 0;
        float s20 = 0, s21 = 0, s22 = 0, s23 = 0;
        float s30 = 0, s31 = 0, s32 = 0, s33 = 0;
        for (int k = 0; k < depth; k++) {
            int row = bOffset + k * WIDTH;
            float b0 = b[row];
            float b1 = b[row + 1];
            float b2 = b[row + 2];
            float b3 = b[row + 3];
            int column = aOffset + k * ROWS;
            float a0 = a[column];
            s00 = add(a0, b0, s00);
            s01 = add(a0, b1, s01);
            s02 = add(a0, b2, s02);
            s03 = add(a0, b3, s03);
            float a1 = a[column + 1];
            s10 = add(a1, b0, s10);
            s11 = add(a1, b1, s11);
            s12 = add(a1, b2, s12);
            s13 = add(a1, b3, s13);
            float a2 = a[column + 2];
            s20 = add(a2, b0, s20);
            s21 = add(a2, b1, s21);
            s22 = add(a2, b2, s22);
            s23 = add(a2, b3, s23);
            float a3 = a[column + 3];
            s30 = add(a3, b0, s30);
            s31 = add(a3, b1, s31);
            s32 = add(a3, b2, s32);
            s33 = add(a3, b3, s33);
        }
        store(c, cOffset, accumulate, s00, s01, s02, s03);
        store(c, cOffset + cStride, accumulate, s10, s11, s12, s13);
        store(c, cOffset + 2 * cStride, accumulate, s20, s21, s22, s23);
        store(c, cOffset + 3 * cStride, accumulate, s30, s31, s32, s33);
    }

    private static float add(float a, float b, float sum) {
        return FUSED ? Math.fma(a, b, sum) : sum + a * b;
    }

    /** Returns the least time of many short measurements, so that no interruption shows. */
    private static double nanosOfFusedAdd() {
        int calls = 50;
        double best = Double.POSITIVE_INFINITY;
        float sum = 0;
        for (int round = 0; round < 50; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                sum = Math.fma(sum, 0.9f, 1.1f);
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / calls);
        }
        return sum > 0 ? best : Double.POSITIVE_INFINITY;
    }

    private static void store(
            float[] c, int offset, boolean accumulate, float s0, float s1, float s2, float s3) {
        if (accumulate) {
            c[offset] += s0;
            c[offset + 1] += s1;
            c[offset + 2] += s2;
            c[offset + 3] += s3;
        } else {
            c[offset] = s0;
            c[offset + 1] = s1;
            c[offset + 2] = s2;
            c[offset + 3] = s3;
        }
    }
}
