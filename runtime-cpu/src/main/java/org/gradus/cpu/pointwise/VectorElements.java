package org.gradus.cpu.pointwise;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The operations of the expression language on vectors, and what else a loop over arrays needs:
 * what {@link VectorLoopCompiler} puts together. Each is named as its {@link org.gradus.expr.Op},
 * gives the bits of {@link VectorFloatOps}, and runs straight on, without branches or loops.
 */
final class VectorElements {
    private VectorElements() {}

    static FloatVector all(float value) {
        return FloatVector.broadcast(VectorFloatMath.SPECIES, value);
    }

    static FloatVector load(float[] array, int at) {
        return FloatVector.fromArray(VectorFloatMath.SPECIES, array, at);
    }

    static void store(FloatVector value, float[] array, int at) {
        value.intoArray(array, at);
    }

    static FloatVector negate(FloatVector x) {
        return x.neg();
    }

    static FloatVector absolute(FloatVector x) {
        return x.abs();
    }

    static FloatVector sign(FloatVector x) {
        return x.blend(1f, x.compare(VectorOperators.GT, 0f))
                .blend(-1f, x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector reciprocal(FloatVector x) {
        return all(1f).div(x);
    }

    static FloatVector sqrt(FloatVector x) {
        return x.sqrt();
    }

    static FloatVector rsqrt(FloatVector x) {
        return all(1f).div(x.sqrt());
    }

    static FloatVector exp(FloatVector x) {
        return VectorFloatMath.exp(x);
    }

    static FloatVector expm1(FloatVector x) {
        return VectorFloatMath.expm1(x);
    }

    static FloatVector log(FloatVector x) {
        return VectorFloatMath.log(x);
    }

    static FloatVector log1p(FloatVector x) {
        return VectorFloatMath.log1p(x);
    }

    static FloatVector tanh(FloatVector x) {
        return VectorFloatMath.tanh(x);
    }

    static FloatVector erf(FloatVector x) {
        return VectorFloatMath.erf(x);
    }

    static FloatVector add(FloatVector x, FloatVector y) {
        return x.add(y);
    }

    static FloatVector subtract(FloatVector x, FloatVector y) {
        return x.sub(y);
    }

    static FloatVector multiply(FloatVector x, FloatVector y) {
        return x.mul(y);
    }

    static FloatVector divide(FloatVector x, FloatVector y) {
        return x.div(y);
    }

    static FloatVector minimum(FloatVector x, FloatVector y) {
        return x.min(y);
    }

    static FloatVector maximum(FloatVector x, FloatVector y) {
        return x.max(y);
    }

    static VectorMask<Float> equal(FloatVector x, FloatVector y) {
        return x.compare(VectorOperators.EQ, y);
    }

    static VectorMask<Float> less(FloatVector x, FloatVector y) {
        return x.compare(VectorOperators.LT, y);
    }

    static VectorMask<Float> lessEqual(FloatVector x, FloatVector y) {
        return x.compare(VectorOperators.LE, y);
    }

    static VectorMask<Float> not(VectorMask<Float> x) {
        return x.not();
    }

    static VectorMask<Float> and(VectorMask<Float> x, VectorMask<Float> y) {
        return x.and(y);
    }

    static VectorMask<Float> or(VectorMask<Float> x, VectorMask<Float> y) {
        return x.or(y);
    }

    static FloatVector select(VectorMask<Float> condition, FloatVector x, FloatVector y) {
        return y.blend(x, condition);
    }
}
