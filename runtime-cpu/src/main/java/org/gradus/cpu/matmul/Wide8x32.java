package org.gradus.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 8 rows and 32 columns in 512-bit vectors: wastes less than {@link Wide12x32} on few rows. */
final class Wide8x32 implements MicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int ROWS = 8;

    private final MicroKernel single = new Wide8x16();

    @Override
    public int rows() {
        return ROWS;
    }

    @Override
    public int panels() {
        return 2;
    }

    @Override
    public MicroKernel single() {
        return single;
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
        int bNext = bOffset + depth * WIDTH;
        FloatVector sum0Left = FloatVector.zero(SPECIES);
        FloatVector sum0Right = FloatVector.zero(SPECIES);
        FloatVector sum1Left = FloatVector.zero(SPECIES);
        FloatVector sum1Right = FloatVector.zero(SPECIES);
        FloatVector sum2Left = FloatVector.zero(SPECIES);
        FloatVector sum2Right = FloatVector.zero(SPECIES);
        FloatVector sum3Left = FloatVector.zero(SPECIES);
        FloatVector sum3Right = FloatVector.zero(SPECIES);
        FloatVector sum4Left = FloatVector.zero(SPECIES);
        FloatVector sum4Right = FloatVector.zero(SPECIES);
        FloatVector sum5Left = FloatVector.zero(SPECIES);
        FloatVector sum5Right = FloatVector.zero(SPECIES);
        FloatVector sum6Left = FloatVector.zero(SPECIES);
        FloatVector sum6Right = FloatVector.zero(SPECIES);
        FloatVector sum7Left = FloatVector.zero(SPECIES);
        FloatVector sum7Right = FloatVector.zero(SPECIES);
        for (int k = 0; k < depth; k++) {
            FloatVector bLeft = FloatVector.fromArray(SPECIES, b, bOffset + k * WIDTH);
            FloatVector bRight = FloatVector.fromArray(SPECIES, b, bNext + k * WIDTH);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS]);
            sum0Left = a0.fma(bLeft, sum0Left);
            sum0Right = a0.fma(bRight, sum0Right);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 1]);
            sum1Left = a1.fma(bLeft, sum1Left);
            sum1Right = a1.fma(bRight, sum1Right);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 2]);
            sum2Left = a2.fma(bLeft, sum2Left);
            sum2Right = a2.fma(bRight, sum2Right);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 3]);
            sum3Left = a3.fma(bLeft, sum3Left);
            sum3Right = a3.fma(bRight, sum3Right);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 4]);
            sum4Left = a4.fma(bLeft, sum4Left);
            sum4Right = a4.fma(bRight, sum4Right);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 5]);
            sum5Left = a5.fma(bLeft, sum5Left);
            sum5Right = a5.fma(bRight, sum5Right);
            FloatVector a6 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 6]);
            sum6Left = a6.fma(bLeft, sum6Left);
            sum6Right = a6.fma(bRight, sum6Right);
            FloatVector a7 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 7]);
            sum7Left = a7.fma(bLeft, sum7Left);
            sum7Right = a7.fma(bRight, sum7Right);
        }
        if (accumulate) {
            sum0Left = sum0Left.add(FloatVector.fromArray(SPECIES, c, cOffset));
            sum0Right = sum0Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 16));
            sum1Left = sum1Left.add(FloatVector.fromArray(SPECIES, c, cOffset + cStride));
            sum1Right = sum1Right.add(FloatVector.fromArray(SPECIES, c, cOffset + cStride + 16));
            sum2Left = sum2Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 2 * cStride));
            sum2Right =
                    sum2Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 2 * cStride + 16));
            sum3Left = sum3Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 3 * cStride));
            sum3Right =
                    sum3Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 3 * cStride + 16));
            sum4Left = sum4Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 4 * cStride));
            sum4Right =
                    sum4Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 4 * cStride + 16));
            sum5Left = sum5Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 5 * cStride));
            sum5Right =
                    sum5Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 5 * cStride + 16));
            sum6Left = sum6Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 6 * cStride));
            sum6Right =
                    sum6Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 6 * cStride + 16));
            sum7Left = sum7Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 7 * cStride));
            sum7Right =
                    sum7Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 7 * cStride + 16));
        }
        sum0Left.intoArray(c, cOffset);
        sum0Right.intoArray(c, cOffset + 16);
        sum1Left.intoArray(c, cOffset + cStride);
        sum1Right.intoArray(c, cOffset + cStride + 16);
        sum2Left.intoArray(c, cOffset + 2 * cStride);
        sum2Right.intoArray(c, cOffset + 2 * cStride + 16);
        sum3Left.intoArray(c, cOffset + 3 * cStride);
        sum3Right.intoArray(c, cOffset + 3 * cStride + 16);
        sum4Left.intoArray(c, cOffset + 4 * cStride);
        sum4Right.intoArray(c, cOffset + 4 * cStride + 16);
        sum5Left.intoArray(c, cOffset + 5 * cStride);
        sum5Right.intoArray(c, cOffset + 5 * cStride + 16);
        sum6Left.intoArray(c, cOffset + 6 * cStride);
        sum6Right.intoArray(c, cOffset + 6 * cStride + 16);
        sum7Left.intoArray(c, cOffset + 7 * cStride);
        sum7Right.intoArray(c, cOffset + 7 * cStride + 16);
    }
}
