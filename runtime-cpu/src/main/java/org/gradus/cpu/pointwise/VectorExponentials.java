package org.gradus.cpu.pointwise;

import static org.gradus.cpu.pointwise.FloatMath.EXPONENT_ROUNDER;
import static org.gradus.cpu.pointwise.FloatMath.LN2_HIGH;
import static org.gradus.cpu.pointwise.FloatMath.LN2_LOW;
import static org.gradus.cpu.pointwise.FloatMath.LOG2_E;
import static org.gradus.cpu.pointwise.FloatMath.SMALLEST_NORMAL;
import static org.gradus.cpu.pointwise.FloatMath.X0;
import static org.gradus.cpu.pointwise.FloatMath.X1;
import static org.gradus.cpu.pointwise.FloatMath.X2;
import static org.gradus.cpu.pointwise.FloatMath.X3;
import static org.gradus.cpu.pointwise.FloatMath.X4;
import static org.gradus.cpu.pointwise.FloatMath.X5;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponentials of a softmax along columns or rows, as {@link FloatMath#normalExp}, without a
 * call in the loop: see {@link VectorSigmoids}. Loaded only where the Vector API is present.
 */
public final class VectorExponentials {
    private static final VectorSpecies<Float> SPECIES = VectorFloatMath.SPECIES;
    private static final int LANES = SPECIES.length();

    private VectorExponentials() {}

    /**
     * Replaces the elements of as many columns as a vector has lanes by {@code exp(x - shift)}.
     * Differences are 0 or less, but for roundings. A shift of negative infinity counts as 0.
     *
     * @param at where the first row begins
     * @param stride the distance between rows
     * @param shifts of the columns, from {@code shiftAt} on
     * @param totals to which the columns' exponentials are added, from {@code shiftAt} on; null for
     *     none
     */
    public static void ofColumns(
            float[] tile,
            int at,
            int stride,
            int rows,
            float[] shifts,
            int shiftAt,
            float[] totals) {
        FloatVector shift = FloatVector.fromArray(SPECIES, shifts, shiftAt);
        shift = shift.blend(0f, shift.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = at;
        for (int row = 0; row < rows; row++) {
            FloatVector x = FloatVector.fromArray(SPECIES, tile, i).sub(shift);
            VectorMask<Float> isZero = x.compare(VectorOperators.LT, SMALLEST_NORMAL);
            FloatVector t =
                    x.fma(
                            FloatVector.broadcast(SPECIES, LOG2_E / 2),
                            FloatVector.broadcast(SPECIES, EXPONENT_ROUNDER));
            FloatVector w = t.sub(EXPONENT_ROUNDER);
            FloatVector r = w.fma(FloatVector.broadcast(SPECIES, -2 * LN2_HIGH), x);
            r = w.fma(FloatVector.broadcast(SPECIES, -2 * LN2_LOW), r);
            FloatVector y = FloatVector.broadcast(SPECIES, X0);
            y = y.fma(r, FloatVector.broadcast(SPECIES, X1));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X2));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X3));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X4));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X5));
            y = y.fma(r, FloatVector.broadcast(SPECIES, 1f));
            y = y.fma(r, FloatVector.broadcast(SPECIES, 1f));
            IntVector exponent = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            y = y.mul(exponent.reinterpretAsFloats()).mul(exponent.reinterpretAsFloats());
            y = y.blend(0f, isZero);
            y.intoArray(tile, i);
            sum = sum.add(y);
            i += stride;
        }
        if (totals != null) {
            FloatVector.fromArray(SPECIES, totals, shiftAt).add(sum).intoArray(totals, shiftAt);
        }
    }

    /**
     * Stores {@code exp(x - shift) * factor} for as many elements as whole vectors have.
     *
     * @param from where the first is
     * @param target where results go; null if only the sums are wanted
     * @param to where the first result goes
     * @param n how many there are; what is left of the last vector is not looked at
     * @param sums to which the exponentials are added, a sum for each lane
     */
    public static void ofRow(
            float[] row,
            int from,
            float shift,
            float factor,
            float[] target,
            int to,
            int n,
            float[] sums) {
        FloatVector sum = FloatVector.fromArray(SPECIES, sums, 0);
        for (int i = 0; i + LANES <= n; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, row, from + i).sub(shift);
            VectorMask<Float> isZero = x.compare(VectorOperators.LT, SMALLEST_NORMAL);
            FloatVector t =
                    x.fma(
                            FloatVector.broadcast(SPECIES, LOG2_E / 2),
                            FloatVector.broadcast(SPECIES, EXPONENT_ROUNDER));
            FloatVector w = t.sub(EXPONENT_ROUNDER);
            FloatVector r = w.fma(FloatVector.broadcast(SPECIES, -2 * LN2_HIGH), x);
            r = w.fma(FloatVector.broadcast(SPECIES, -2 * LN2_LOW), r);
            FloatVector y = FloatVector.broadcast(SPECIES, X0);
            y = y.fma(r, FloatVector.broadcast(SPECIES, X1));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X2));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X3));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X4));
            y = y.fma(r, FloatVector.broadcast(SPECIES, X5));
            y = y.fma(r, FloatVector.broadcast(SPECIES, 1f));
            y = y.fma(r, FloatVector.broadcast(SPECIES, 1f));
            IntVector exponent = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            y = y.mul(exponent.reinterpretAsFloats()).mul(exponent.reinterpretAsFloats());
            y = y.blend(0f, isZero);
            sum = sum.add(y);
            if (target != null) {
                y.mul(factor).intoArray(target, to + i);
            }
        }
        sum.intoArray(sums, 0);
    }
}
