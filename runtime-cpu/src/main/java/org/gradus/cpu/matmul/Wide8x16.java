package org.gradus.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** 8 rows and 16 columns in 512-bit vectors: the last panel beside {@link Wide8x32}. */
final class Wide8x16 implements MicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    private static final int ROWS = 8;

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
        FloatVector sum0 = FloatVector.zero(SPECIES);
        FloatVector sum1 = FloatVector.zero(SPECIES);
        FloatVector sum2 = FloatVector.zero(SPECIES);
        FloatVector sum3 = FloatVector.zero(SPECIES);
        FloatVector sum4 = FloatVector.zero(SPECIES);
        FloatVector sum5 = FloatVector.zero(SPECIES);
        FloatVector sum6 = FloatVector.zero(SPECIES);
        FloatVector sum7 = FloatVector.zero(SPECIES);
        for (int k = 0; k < depth; k++) {
            FloatVector bRow = FloatVector.fromArray(SPECIES, b, bOffset + k * WIDTH);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS]);
            sum0 = a0.fma(bRow, sum0);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 1]);
            sum1 = a1.fma(bRow, sum1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 2]);
            sum2 = a2.fma(bRow, sum2);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 3]);
            sum3 = a3.fma(bRow, sum3);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 4]);
            sum4 = a4.fma(bRow, sum4);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 5]);
            sum5 = a5.fma(bRow, sum5);
            FloatVector a6 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 6]);
            sum6 = a6.fma(bRow, sum6);
            FloatVector a7 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 7]);
            sum7 = a7.fma(bRow, sum7);
        }
        if (accumulate) {
            sum0 = sum0.add(FloatVector.fromArray(SPECIES, c, cOffset));
            sum1 = sum1.add(FloatVector.fromArray(SPECIES, c, cOffset + cStride));
            sum2 = sum2.add(FloatVector.fromArray(SPECIES, c, cOffset + 2 * cStride));
            sum3 = sum3.add(FloatVector.fromArray(SPECIES, c, cOffset + 3 * cStride));
            sum4 = sum4.add(FloatVector.fromArray(SPECIES, c, cOffset + 4 * cStride));
            sum5 = sum5.add(FloatVector.fromArray(SPECIES, c, cOffset + 5 * cStride));
            sum6 = sum6.add(FloatVector.fromArray(SPECIES, c, cOffset + 6 * cStride));
            sum7 = sum7.add(FloatVector.fromArray(SPECIES, c, cOffset + 7 * cStride));
        }
        sum0.intoArray(c, cOffset);
        sum1.intoArray(c, cOffset + cStride);
        sum2.intoArray(c, cOffset + 2 * cStride);
        sum3.intoArray(c, cOffset + 3 * cStride);
        sum4.intoArray(c, cOffset + 4 * cStride);
        sum5.intoArray(c, cOffset + 5 * cStride);
        sum6.intoArray(c, cOffset + 6 * cStride);
        sum7.intoArray(c, cOffset + 7 * cStride);
    }
}
