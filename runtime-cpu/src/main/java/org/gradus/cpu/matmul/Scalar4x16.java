package org.gradus.cpu.matmul;

/**
 * 4 rows and 16 columns without the Vector API, four columns at a time so that the 16 sums stay in
 * registers. Loops over arrays of sums, which the compiler might vectorize, measured slower.
 */
final class Scalar4x16 implements MicroKernel {
    private static final int ROWS = 4;
    private static final int COLUMNS = 4;

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
            columns(depth, a, aOffset, b, bOffset + column, c, cOffset + column, cStride, accumulate);
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
            s00 += a0 * b0;
            s01 += a0 * b1;
            s02 += a0 * b2;
            s03 += a0 * b3;
            float a1 = a[column + 1];
            s10 += a1 * b0;
            s11 += a1 * b1;
            s12 += a1 * b2;
            s13 += a1 * b3;
            float a2 = a[column + 2];
            s20 += a2 * b0;
            s21 += a2 * b1;
            s22 += a2 * b2;
            s23 += a2 * b3;
            float a3 = a[column + 3];
            s30 += a3 * b0;
            s31 += a3 * b1;
            s32 += a3 * b2;
            s33 += a3 * b3;
        }
        store(c, cOffset, accumulate, s00, s01, s02, s03);
        store(c, cOffset + cStride, accumulate, s10, s11, s12, s13);
        store(c, cOffset + 2 * cStride, accumulate, s20, s21, s22, s23);
        store(c, cOffset + 3 * cStride, accumulate, s30, s31, s32, s33);
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
