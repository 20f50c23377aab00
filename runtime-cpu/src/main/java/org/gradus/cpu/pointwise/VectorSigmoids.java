package org.gradus.cpu.pointwise;

import static org.gradus.cpu.pointwise.FloatMath.EXPONENT_ROUNDER;
import static org.gradus.cpu.pointwise.FloatMath.EXP_MIN;
import static org.gradus.cpu.pointwise.FloatMath.LN2_HIGH;
import static org.gradus.cpu.pointwise.FloatMath.LN2_LOW;
import static org.gradus.cpu.pointwise.FloatMath.LOG2_E;
import static org.gradus.cpu.pointwise.FloatMath.MOST_EXPONENT;
import static org.gradus.cpu.pointwise.FloatMath.TANH_MAX;
import static org.gradus.cpu.pointwise.FloatMath.TP1;
import static org.gradus.cpu.pointwise.FloatMath.TP11;
import static org.gradus.cpu.pointwise.FloatMath.TP13;
import static org.gradus.cpu.pointwise.FloatMath.TP3;
import static org.gradus.cpu.pointwise.FloatMath.TP5;
import static org.gradus.cpu.pointwise.FloatMath.TP7;
import static org.gradus.cpu.pointwise.FloatMath.TP9;
import static org.gradus.cpu.pointwise.FloatMath.TQ0;
import static org.gradus.cpu.pointwise.FloatMath.TQ2;
import static org.gradus.cpu.pointwise.FloatMath.TQ4;
import static org.gradus.cpu.pointwise.FloatMath.TQ6;
import static org.gradus.cpu.pointwise.FloatMath.X0;
import static org.gradus.cpu.pointwise.FloatMath.X1;
import static org.gradus.cpu.pointwise.FloatMath.X2;
import static org.gradus.cpu.pointwise.FloatMath.X3;
import static org.gradus.cpu.pointwise.FloatMath.X4;
import static org.gradus.cpu.pointwise.FloatMath.X5;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The two sigmoid functions over rows of a matrix, as {@link VectorFloatMath} computes them, but
 * without a call in the loop: what is not inlined takes and returns vectors on the heap, ten times
 * slower, and in large callers the compiler stops to inline all but the Vector API itself. Loaded
 * only where the Vector API is present.
 *
 * <p>Each takes the elements {@code [0, n)} of rows that begin at {@code at} and lie {@code stride}
 * apart, n being a multiple of the vectors' length.
 */
public final class VectorSigmoids {
    private static final VectorSpecies<Float> SPECIES = VectorFloatMath.SPECIES;
    private static final int LANES = SPECIES.length();

    private VectorSigmoids() {}

    /** Stores {@code tanh(x)}. */
    public static void tanh(
            float[] x, int at, int stride, float[] to, int toAt, int toStride, int rows, int n) {
        for (int row = 0; row < rows; row++) {
            int from = at + row * stride;
            int target = toAt + row * toStride;
            for (int i = 0; i < n; i += LANES) {
                FloatVector v = FloatVector.fromArray(SPECIES, x, from + i);
                FloatVector low = v.blend(TANH_MAX, v.compare(VectorOperators.GT, TANH_MAX));
                FloatVector c = low.blend(-TANH_MAX, low.compare(VectorOperators.LT, -TANH_MAX));
                FloatVector s = c.mul(c);
                FloatVector p = FloatVector.broadcast(SPECIES, TP13);
                p = p.fma(s, FloatVector.broadcast(SPECIES, TP11));
                p = p.fma(s, FloatVector.broadcast(SPECIES, TP9));
                p = p.fma(s, FloatVector.broadcast(SPECIES, TP7));
                p = p.fma(s, FloatVector.broadcast(SPECIES, TP5));
                p = p.fma(s, FloatVector.broadcast(SPECIES, TP3));
                p = p.fma(s, FloatVector.broadcast(SPECIES, TP1)).mul(c);
                FloatVector q = FloatVector.broadcast(SPECIES, TQ6);
                q = q.fma(s, FloatVector.broadcast(SPECIES, TQ4));
                q = q.fma(s, FloatVector.broadcast(SPECIES, TQ2));
                q = q.fma(s, FloatVector.broadcast(SPECIES, TQ0));
                FloatVector y = p.div(q);
                y = y.blend(1f, v.compare(VectorOperators.GT, TANH_MAX));
                y = y.blend(-1f, v.compare(VectorOperators.LT, -TANH_MAX));
                y.intoArray(to, target + i);
            }
        }
    }

    /** Overwrites x with {@code 1 / (1 + exp(-x))}. */
    public static void sigmoid(float[] x, int at, int stride, int rows, int n) {
        for (int row = 0; row < rows; row++) {
            int from = at + row * stride;
            for (int i = 0; i < n; i += LANES) {
                FloatVector v = FloatVector.fromArray(SPECIES, x, from + i).neg();
                v = v.blend(EXP_MIN, v.compare(VectorOperators.LT, EXP_MIN));
                FloatVector t =
                        v.fma(
                                FloatVector.broadcast(SPECIES, LOG2_E / 2),
                                FloatVector.broadcast(SPECIES, EXPONENT_ROUNDER));
                IntVector exponent = t.reinterpretAsInts().min(MOST_EXPONENT);
                FloatVector w = exponent.reinterpretAsFloats().sub(EXPONENT_ROUNDER);
                FloatVector r = w.fma(FloatVector.broadcast(SPECIES, -2 * LN2_HIGH), v);
                r = w.fma(FloatVector.broadcast(SPECIES, -2 * LN2_LOW), r);
                FloatVector y = FloatVector.broadcast(SPECIES, X0);
                y = y.fma(r, FloatVector.broadcast(SPECIES, X1));
                y = y.fma(r, FloatVector.broadcast(SPECIES, X2));
                y = y.fma(r, FloatVector.broadcast(SPECIES, X3));
                y = y.fma(r, FloatVector.broadcast(SPECIES, X4));
                y = y.fma(r, FloatVector.broadcast(SPECIES, X5));
                y = y.fma(r, FloatVector.broadcast(SPECIES, 1f));
                y = y.fma(r, FloatVector.broadcast(SPECIES, 1f));
                exponent = exponent.lanewise(VectorOperators.LSHL, 23);
                y = y.mul(exponent.reinterpretAsFloats()).mul(exponent.reinterpretAsFloats());
                FloatVector.broadcast(SPECIES, 1f).div(y.add(1f)).intoArray(x, from + i);
            }
        }
    }
}
