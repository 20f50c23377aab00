package org.gradus.cpu.matmul;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.cpu.vector.VectorProvider;

/** Sums of lines with vectors; products are rounded before they are added, as plain code does. */
final class VectorLineSums extends LineSums {
    private static final VectorSpecies<Float> SPECIES =
            VectorProvider.bits() >= 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;

    private static final int LANES = SPECIES.length();

    VectorLineSums() {}

    @Override
    void add(
            float[] x,
            int offset,
            int stride,
            float[] factors,
            int first,
            int lines,
            float[] sums) {
        FloatVector f0 = FloatVector.broadcast(SPECIES, factors[first]);
        FloatVector f1 = FloatVector.broadcast(SPECIES, factors[first + 1]);
        FloatVector f2 = FloatVector.broadcast(SPECIES, factors[first + 2]);
        FloatVector f3 = FloatVector.broadcast(SPECIES, factors[first + 3]);
        FloatVector f4 = FloatVector.broadcast(SPECIES, factors[first + 4]);
        FloatVector f5 = FloatVector.broadcast(SPECIES, factors[first + 5]);
        FloatVector f6 = FloatVector.broadcast(SPECIES, factors[first + 6]);
        FloatVector f7 = FloatVector.broadcast(SPECIES, factors[first + 7]);
        int whole = lines / LANES * LANES;
        for (int i = 0; i < whole; i += LANES) {
            int at = offset + i;
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, i);
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at).mul(f0));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + stride).mul(f1));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + 2 * stride).mul(f2));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + 3 * stride).mul(f3));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + 4 * stride).mul(f4));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + 5 * stride).mul(f5));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + 6 * stride).mul(f6));
            sum = sum.add(FloatVector.fromArray(SPECIES, x, at + 7 * stride).mul(f7));
            sum.intoArray(sums, i);
        }
        for (int row = 0; row < ROWS; row++) {
            float factor = factors[first + row];
            addRow(x, offset + row * stride, factor, whole, lines, sums);
        }
    }
}
