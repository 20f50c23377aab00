package org.gradus.cpu.matmul;

import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * 6 rows and 16 columns in 256-bit vectors, with a fence after each row. On x86 the fence emits no
 * instruction, but it keeps the compiler from moving all broadcasts to the top of the loop, where
 * they would push an accumulator out of the 16 registers and halve the speed. Elsewhere it may be a
 * real barrier; {@link MicroKernels} finds out by timing.
 */
final class Fenced6x16 implements MicroKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
    private static final int ROWS = 6;

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
        for (int k = 0; k < depth; k++) {
            FloatVector bLeft = FloatVector.fromArray(SPECIES, b, bOffset + k * WIDTH);
            FloatVector bRight = FloatVector.fromArray(SPECIES, b, bOffset + k * WIDTH + 8);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS]);
            sum0Left = a0.fma(bLeft, sum0Left);
            sum0Right = a0.fma(bRight, sum0Right);
            VarHandle.acquireFence();
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 1]);
            sum1Left = a1.fma(bLeft, sum1Left);
            sum1Right = a1.fma(bRight, sum1Right);
            VarHandle.acquireFence();
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 2]);
            sum2Left = a2.fma(bLeft, sum2Left);
            sum2Right = a2.fma(bRight, sum2Right);
            VarHandle.acquireFence();
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 3]);
            sum3Left = a3.fma(bLeft, sum3Left);
            sum3Right = a3.fma(bRight, sum3Right);
            VarHandle.acquireFence();
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 4]);
            sum4Left = a4.fma(bLeft, sum4Left);
            sum4Right = a4.fma(bRight, sum4Right);
            VarHandle.acquireFence();
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 5]);
            sum5Left = a5.fma(bLeft, sum5Left);
            sum5Right = a5.fma(bRight, sum5Right);
        }
        if (accumulate) {
            sum0Left = sum0Left.add(FloatVector.fromArray(SPECIES, c, cOffset));
            sum0Right = sum0Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 8));
            sum1Left = sum1Left.add(FloatVector.fromArray(SPECIES, c, cOffset + cStride));
            sum1Right = sum1Right.add(FloatVector.fromArray(SPECIES, c, cOffset + cStride + 8));
            sum2Left = sum2Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 2 * cStride));
            sum2Right = sum2Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 2 * cStride + 8));
            sum3Left = sum3Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 3 * cStride));
            sum3Right = sum3Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 3 * cStride + 8));
            sum4Left = sum4Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 4 * cStride));
            sum4Right = sum4Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 4 * cStride + 8));
            sum5Left = sum5Left.add(FloatVector.fromArray(SPECIES, c, cOffset + 5 * cStride));
            sum5Right = sum5Right.add(FloatVector.fromArray(SPECIES, c, cOffset + 5 * cStride + 8));
        }
        sum0Left.intoArray(c, cOffset);
        sum0Right.intoArray(c, cOffset + 8);
        sum1Left.intoArray(c, cOffset + cStride);
        sum1Right.intoArray(c, cOffset + cStride + 8);
        sum2Left.intoArray(c, cOffset + 2 * cStride);
        sum2Right.intoArray(c, cOffset + 2 * cStride + 8);
        sum3Left.intoArray(c, cOffset + 3 * cStride);
        sum3Right.intoArray(c, cOffset + 3 * cStride + 8);
        sum4Left.intoArray(c, cOffset + 4 * cStride);
        sum4Right.intoArray(c, cOffset + 4 * cStride + 8);
        sum5Left.intoArray(c, cOffset + 5 * cStride);
        sum5Right.intoArray(c, cOffset + 5 * cStride + 8);
    }
}
