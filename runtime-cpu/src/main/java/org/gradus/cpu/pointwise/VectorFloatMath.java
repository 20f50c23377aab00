package org.gradus.cpu.pointwise;

import static org.gradus.cpu.pointwise.FloatMath.E0;
import static org.gradus.cpu.pointwise.FloatMath.E1;
import static org.gradus.cpu.pointwise.FloatMath.E2;
import static org.gradus.cpu.pointwise.FloatMath.E3;
import static org.gradus.cpu.pointwise.FloatMath.E4;
import static org.gradus.cpu.pointwise.FloatMath.E5;
import static org.gradus.cpu.pointwise.FloatMath.FP1;
import static org.gradus.cpu.pointwise.FloatMath.FP11;
import static org.gradus.cpu.pointwise.FloatMath.FP13;
import static org.gradus.cpu.pointwise.FloatMath.FP3;
import static org.gradus.cpu.pointwise.FloatMath.FP5;
import static org.gradus.cpu.pointwise.FloatMath.FP7;
import static org.gradus.cpu.pointwise.FloatMath.FP9;
import static org.gradus.cpu.pointwise.FloatMath.FQ0;
import static org.gradus.cpu.pointwise.FloatMath.FQ2;
import static org.gradus.cpu.pointwise.FloatMath.FQ4;
import static org.gradus.cpu.pointwise.FloatMath.FQ6;
import static org.gradus.cpu.pointwise.FloatMath.FQ8;
import static org.gradus.cpu.pointwise.FloatMath.L0;
import static org.gradus.cpu.pointwise.FloatMath.L1;
import static org.gradus.cpu.pointwise.FloatMath.L2;
import static org.gradus.cpu.pointwise.FloatMath.L3;
import static org.gradus.cpu.pointwise.FloatMath.L4;
import static org.gradus.cpu.pointwise.FloatMath.L5;
import static org.gradus.cpu.pointwise.FloatMath.L6;
import static org.gradus.cpu.pointwise.FloatMath.L7;
import static org.gradus.cpu.pointwise.FloatMath.L8;
import static org.gradus.cpu.pointwise.FloatMath.LN2_HIGH;
import static org.gradus.cpu.pointwise.FloatMath.LN2_LOW;
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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link FloatMath} on vectors: the same polynomials in the same order. Loaded
 * only where the Vector API is present.
 */
public final class VectorFloatMath {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;

    private VectorFloatMath() {}

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** Limits to an interval; NaN stays. Compare and blend beat min and max, which order zeros. */
    private static FloatVector clamp(FloatVector x, float low, float high) {
        FloatVector below = x.blend(high, x.compare(VectorOperators.GT, high));
        return below.blend(low, below.compare(VectorOperators.LT, low));
    }

    /** Returns -1 or 1 where x is beyond a limit, else the given result. */
    private static FloatVector saturate(FloatVector x, FloatVector result, float limit) {
        FloatVector bounded = result.blend(1f, x.compare(VectorOperators.GT, limit));
        return bounded.blend(-1f, x.compare(VectorOperators.LT, -limit));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    private static FloatVector expPolynomial(FloatVector r) {
        return all(E0).fma(r, all(E1))
                .fma(r, all(E2))
                .fma(r, all(E3))
                .fma(r, all(E4))
                .fma(r, all(E5));
    }

    /** Returns e to the x: 0 from -104 down, subnormal results to half a unit. */
    public static FloatVector exp(FloatVector x) {
        FloatVector v =
                x.blend(FloatMath.EXP_MIN, x.compare(VectorOperators.LT, FloatMath.EXP_MIN));
        FloatVector t = v.fma(all(FloatMath.LOG2_E / 2), all(FloatMath.EXPONENT_ROUNDER));
        IntVector exponent = t.reinterpretAsInts().min(FloatMath.MOST_EXPONENT);
        FloatVector n = exponent.reinterpretAsFloats().sub(FloatMath.EXPONENT_ROUNDER);
        FloatVector r = n.fma(all(-2 * LN2_LOW), n.fma(all(-2 * LN2_HIGH), v));
        FloatVector y =
                all(X0).fma(r, all(X1))
                        .fma(r, all(X2))
                        .fma(r, all(X3))
                        .fma(r, all(X4))
                        .fma(r, all(X5))
                        .fma(r, all(1f))
                        .fma(r, all(1f));
        FloatVector power = exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        return y.mul(power).mul(power);
    }

    /** Returns {@code exp(x) - 1} without cancellation. */
    public static FloatVector expm1(FloatVector x) {
        FloatVector v = clamp(x, -18f, FloatMath.EXP_MAX);
        FloatVector t = v.fma(all(FloatMath.LOG2_E), all(FloatMath.ROUNDER));
        FloatVector n = t.sub(FloatMath.ROUNDER);
        FloatVector r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), v));
        FloatVector y = expPolynomial(r).fma(r.mul(r), r);
        IntVector exponent = t.reinterpretAsInts().sub(Float.floatToRawIntBits(FloatMath.ROUNDER));
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        FloatVector one = all(1f).sub(powerOfTwo(exponent.neg().max(-127)));
        return y.add(one).mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    /** Apart from {@link #log}, which would be too large for the compiler to inline. */
    private static FloatVector logPolynomial(FloatVector m) {
        return all(L0).fma(m, all(L1))
                .fma(m, all(L2))
                .fma(m, all(L3))
                .fma(m, all(L4))
                .fma(m, all(L5))
                .fma(m, all(L6))
                .fma(m, all(L7))
                .fma(m, all(L8));
    }

    /** Returns the natural logarithm. */
    public static FloatVector log(FloatVector x) {
        VectorMask<Float> subnormal = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        FloatVector v = x.blend(x.mul(0x1p23f), subnormal);
        IntVector bits = v.reinterpretAsInts();
        IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).sub(126);
        FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
        e = e.blend(e.sub(23f), subnormal);
        FloatVector m = bits.and(0x7fffff).or(0x3f000000).reinterpretAsFloats();
        VectorMask<Float> low = m.compare(VectorOperators.LT, FloatMath.SQRT_HALF);
        e = e.blend(e.sub(1f), low);
        m = m.blend(m.add(m), low).sub(1f);
        FloatVector z = m.mul(m);
        FloatVector p = logPolynomial(m).mul(m).mul(z);
        p = e.fma(all(LN2_LOW), p);
        p = z.fma(all(-0.5f), p);
        FloatVector result = e.fma(all(LN2_HIGH), m.add(p));
        result = result.blend(Float.NaN, x.compare(VectorOperators.GE, 0f).not());
        result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
        return result.blend(
                Float.POSITIVE_INFINITY, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
    }

    /** Returns {@code log(1 + x)}, corrected for what 1 + x loses. */
    public static FloatVector log1p(FloatVector x) {
        FloatVector u = x.add(1f);
        FloatVector result = log(u).mul(x.div(u.sub(1f)));
        VectorMask<Float> itself =
                u.compare(VectorOperators.EQ, 1f)
                        .or(u.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
        return result.blend(x, itself);
    }

    /** Returns the hyperbolic tangent. */
    public static FloatVector tanh(FloatVector x) {
        FloatVector v = clamp(x, -FloatMath.TANH_MAX, FloatMath.TANH_MAX);
        FloatVector s = v.mul(v);
        FloatVector p =
                all(TP13)
                        .fma(s, all(TP11))
                        .fma(s, all(TP9))
                        .fma(s, all(TP7))
                        .fma(s, all(TP5))
                        .fma(s, all(TP3))
                        .fma(s, all(TP1))
                        .mul(v);
        FloatVector q = all(TQ6).fma(s, all(TQ4)).fma(s, all(TQ2)).fma(s, all(TQ0));
        return saturate(x, p.div(q), FloatMath.TANH_MAX);
    }

    /** Returns the error function. */
    public static FloatVector erf(FloatVector x) {
        FloatVector v = clamp(x, -FloatMath.ERF_MAX, FloatMath.ERF_MAX);
        FloatVector s = v.mul(v);
        FloatVector p =
                all(FP13)
                        .fma(s, all(FP11))
                        .fma(s, all(FP9))
                        .fma(s, all(FP7))
                        .fma(s, all(FP5))
                        .fma(s, all(FP3))
                        .fma(s, all(FP1))
                        .mul(v);
        FloatVector q =
                all(FQ8).fma(s, all(FQ6)).fma(s, all(FQ4)).fma(s, all(FQ2)).fma(s, all(FQ0));
        return saturate(x, p.div(q), FloatMath.ERF_MAX);
    }
}
