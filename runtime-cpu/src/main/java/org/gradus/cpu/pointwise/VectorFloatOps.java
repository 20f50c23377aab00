package org.gradus.cpu.pointwise;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.gradus.expr.Op;

/**
 * The elementwise loops on {@code F32} tiles with the Vector API. Every loop is written out, so
 * that each compiles to a few instructions whatever ran before it. Loaded only where the Vector API
 * is present.
 */
final class VectorFloatOps extends FloatOps {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    /** As many shorts as there are floats in a vector. */
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(SPECIES.vectorBitSize() / 2));

    VectorFloatOps() {}

    @Override
    public void unary(Op op, float[] to, int at, float[] x, int xAt, int n) {
        switch (op) {
            case NEGATE -> negate(to, at, x, xAt, n);
            case ABSOLUTE -> absolute(to, at, x, xAt, n);
            case SIGN -> sign(to, at, x, xAt, n);
            case RECIPROCAL -> reciprocal(to, at, x, xAt, n);
            case SQRT -> sqrt(to, at, x, xAt, n);
            case RSQRT -> rsqrt(to, at, x, xAt, n);
            case EXP -> exp(to, at, x, xAt, n);
            case EXPM1 -> expm1(to, at, x, xAt, n);
            case LOG -> log(to, at, x, xAt, n);
            case LOG1P -> log1p(to, at, x, xAt, n);
            case TANH -> tanh(to, at, x, xAt, n);
            case ERF -> erf(to, at, x, xAt, n);
            default -> super.unary(op, to, at, x, xAt, n);
        }
    }

    @Override
    public void binary(Op op, float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        switch (op) {
            case ADD -> add(to, at, x, xAt, y, yAt, n);
            case SUBTRACT -> subtract(to, at, x, xAt, y, yAt, n);
            case MULTIPLY -> multiply(to, at, x, xAt, y, yAt, n);
            case DIVIDE -> divide(to, at, x, xAt, y, yAt, n);
            case MINIMUM -> minimum(to, at, x, xAt, y, yAt, n);
            case MAXIMUM -> maximum(to, at, x, xAt, y, yAt, n);
            default -> super.binary(op, to, at, x, xAt, y, yAt, n);
        }
    }

    @Override
    public void compare(Op op, int[] to, float[] x, int xAt, float[] y, int yAt, int n) {
        switch (op) {
            case EQUAL -> equal(to, x, xAt, y, yAt, n);
            case LESS -> less(to, x, xAt, y, yAt, n);
            default -> lessOrEqual(to, x, xAt, y, yAt, n);
        }
    }

    @Override
    public void select(float[] to, int at, int[] c, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            VectorMask<Float> condition =
                    IntVector.fromArray(INTS, c, i).compare(VectorOperators.NE, 0).cast(SPECIES);
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            b.blend(a, condition).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = c[i] != 0 ? x[xAt + i] : y[yAt + i];
        }
    }

    @Override
    public void widenBrainFloats(short[] x, int xAt, float[] to, int at, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            ShortVector halves = ShortVector.fromArray(SHORTS, x, xAt + i);
            IntVector bits =
                    (IntVector) halves.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = Rounding.brainFloatToFloat(x[xAt + i]);
        }
    }

    @Override
    public void roundToBrainFloats(float[] x, int xAt, short[] to, int at, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            IntVector bits = v.reinterpretAsInts();
            IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
            IntVector rounded = bits.add(0x7fff).add(odd);
            VectorMask<Integer> nan = v.test(VectorOperators.IS_NAN).cast(INTS);
            rounded.blend(bits.or(0x400000), nan)
                    .lanewise(VectorOperators.LSHR, 16)
                    .convertShape(VectorOperators.I2S, SHORTS, 0)
                    .reinterpretAsShorts()
                    .intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = Rounding.floatToBrainFloat(x[xAt + i]);
        }
    }

    private static void negate(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            v.neg().intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = -x[xAt + i];
        }
    }

    private static void absolute(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            v.abs().intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = Math.abs(x[xAt + i]);
        }
    }

    private static void sign(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            v.blend(1f, v.compare(VectorOperators.GT, 0f))
                    .blend(-1f, v.compare(VectorOperators.LT, 0f))
                    .intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = Math.signum(x[xAt + i]);
        }
    }

    private static void reciprocal(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector.broadcast(SPECIES, 1f).div(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = 1f / x[xAt + i];
        }
    }

    private static void sqrt(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            v.sqrt().intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = (float) Math.sqrt(x[xAt + i]);
        }
    }

    private static void rsqrt(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector.broadcast(SPECIES, 1f).div(v.sqrt()).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = 1f / (float) Math.sqrt(x[xAt + i]);
        }
    }

    private static void exp(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            VectorFloatMath.exp(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = FloatMath.exp(x[xAt + i]);
        }
    }

    private static void expm1(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            VectorFloatMath.expm1(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = FloatMath.expm1(x[xAt + i]);
        }
    }

    private static void log(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            VectorFloatMath.log(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = FloatMath.log(x[xAt + i]);
        }
    }

    private static void log1p(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            VectorFloatMath.log1p(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = FloatMath.log1p(x[xAt + i]);
        }
    }

    private static void tanh(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            VectorFloatMath.tanh(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = FloatMath.tanh(x[xAt + i]);
        }
    }

    private static void erf(float[] to, int at, float[] x, int xAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + i);
            VectorFloatMath.erf(v).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = FloatMath.erf(x[xAt + i]);
        }
    }

    private static void add(float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            a.add(b).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = x[xAt + i] + y[yAt + i];
        }
    }

    private static void subtract(
            float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            a.sub(b).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = x[xAt + i] - y[yAt + i];
        }
    }

    private static void multiply(
            float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            a.mul(b).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = x[xAt + i] * y[yAt + i];
        }
    }

    private static void divide(float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            a.div(b).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = x[xAt + i] / y[yAt + i];
        }
    }

    private static void minimum(float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            a.min(b).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = Math.min(x[xAt + i], y[yAt + i]);
        }
    }

    private static void maximum(float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            a.max(b).intoArray(to, at + i);
        }
        for (; i < n; i++) {
            to[at + i] = Math.max(x[xAt + i], y[yAt + i]);
        }
    }

    private static void equal(int[] to, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            VectorMask<Integer> holds = a.compare(VectorOperators.EQ, b).cast(INTS);
            IntVector.zero(INTS).blend(1, holds).intoArray(to, i);
        }
        for (; i < n; i++) {
            to[i] = x[xAt + i] == y[yAt + i] ? 1 : 0;
        }
    }

    private static void less(int[] to, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            VectorMask<Integer> holds = a.compare(VectorOperators.LT, b).cast(INTS);
            IntVector.zero(INTS).blend(1, holds).intoArray(to, i);
        }
        for (; i < n; i++) {
            to[i] = x[xAt + i] < y[yAt + i] ? 1 : 0;
        }
    }

    private static void lessOrEqual(int[] to, float[] x, int xAt, float[] y, int yAt, int n) {
        int i = 0;
        for (; i < SPECIES.loopBound(n); i += SPECIES.length()) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, xAt + i);
            FloatVector b = FloatVector.fromArray(SPECIES, y, yAt + i);
            VectorMask<Integer> holds = a.compare(VectorOperators.LE, b).cast(INTS);
            IntVector.zero(INTS).blend(1, holds).intoArray(to, i);
        }
        for (; i < n; i++) {
            to[i] = x[xAt + i] <= y[yAt + i] ? 1 : 0;
        }
    }
}
