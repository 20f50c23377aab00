package org.gradus.cpu.pointwise;

/**
 * Mathematical functions of a {@code float}, by the same polynomials and in the same order of
 * operations as {@link VectorFloatMath}, so that vector lanes and left-over elements agree.
 *
 * <p>The largest errors, found by trying every {@code float} or a dense sample: exp 1.6e-7 relative
 * (where the result is not subnormal), expm1 and log 2 ulp, log1p 3 ulp, tanh 3.5e-7 relative, erf
 * 3.5e-7 relative.
 */
public final class FloatMath {
    /** 1.5 · 2²³: adding it rounds a small number to an integer in the low bits. */
    static final float ROUNDER = 12582912f;

    /**
     * {@link #ROUNDER} + 127: the low bits are then the exponent of a power of two, to be shifted
     * to its place.
     */
    static final float EXPONENT_ROUNDER = 12583039f;

    static final float LOG2_E = 1.44269504f;

    /** ln 2 in two parts, the first of few bits, so that its small multiples are exact. */
    static final float LN2_HIGH = 0.693359375f;

    static final float LN2_LOW = -2.12194440e-4f;

    /** exp(x) is 0 below, and infinite above {@link #EXP_MAX}. */
    static final float EXP_MIN = -104f;

    /** The bits of {@link #EXPONENT_ROUNDER} + 65: the square of 2⁶⁵ is infinite. */
    static final int MOST_EXPONENT = Float.floatToRawIntBits(EXPONENT_ROUNDER) + 65;

    static final float EXP_MAX = 89f;

    /** The exponent below which {@link #normalExp} is 0. */
    static final float SMALLEST_NORMAL = -87;

    // exp(r) = 1 + r + r² p(r) for |r| ≤ ln 2, with the least relative error, 1.5e-8
    static final float X0 = 1.9611598691e-4f;
    static final float X1 = 1.4104469446e-3f;
    static final float X2 = 8.3361035213e-3f;
    static final float X3 = 4.1661269963e-2f;
    static final float X4 = 1.6666613519e-1f;
    static final float X5 = 5.0000035763e-1f;

    // the same for |r| ≤ ln(2)/2: Cephes, expf.c
    static final float E0 = 1.9875691500e-4f;
    static final float E1 = 1.3981999507e-3f;
    static final float E2 = 8.3334519073e-3f;
    static final float E3 = 4.1665795894e-2f;
    static final float E4 = 1.6666665459e-1f;
    static final float E5 = 5.0000001201e-1f;

    // log(1 + m) = m - m²/2 + m³ p(m) for sqrt(1/2) ≤ 1 + m < sqrt(2): Cephes, logf.c
    static final float SQRT_HALF = 0.70710678f;
    static final float L0 = 7.0376836292e-2f;
    static final float L1 = -1.1514610310e-1f;
    static final float L2 = 1.1676998740e-1f;
    static final float L3 = -1.2420140846e-1f;
    static final float L4 = 1.4249322787e-1f;
    static final float L5 = -1.6668057665e-1f;
    static final float L6 = 2.0000714765e-1f;
    static final float L7 = -2.4999993993e-1f;
    static final float L8 = 3.3333331174e-1f;

    // tanh(x) = x p(x²) / q(x²) for |x| ≤ 7.9: Eigen, MathFunctionsImpl.h, scaled to q(0) = 1
    static final float TANH_MAX = 7.90531110763549805f;
    static final float TP1 = 9.9999987195e-01f;
    static final float TP3 = 1.3022553368e-01f;
    static final float TP5 = 3.0360983153e-03f;
    static final float TP7 = 1.0467499188e-05f;
    static final float TP9 = -1.7583789182e-08f;
    static final float TP11 = 4.0874172074e-11f;
    static final float TP13 = -5.6416762410e-14f;
    static final float TQ0 = 1.0000000000e+00f;
    static final float TQ2 = 4.6355838510e-01f;
    static final float TQ4 = 2.4222763998e-02f;
    static final float TQ6 = 2.4486609330e-04f;

    // erf(x) = x p(x²) / q(x²) for |x| ≤ 4: Eigen, SpecialFunctionsImpl.h, scaled to q(0) = 1
    static final float ERF_MAX = 4f;
    static final float FP1 = 1.1283790939e+00f;
    static final float FP3 = 2.0712610290e-01f;
    static final float FP5 = 5.1524996544e-02f;
    static final float FP7 = 3.9906137603e-03f;
    static final float FP9 = 1.4728793939e-04f;
    static final float FP11 = -1.9423288537e-06f;
    static final float FP13 = 1.9111055927e-08f;
    static final float FQ0 = 1.0000000000e+00f;
    static final float FQ2 = 5.1689197683e-01f;
    static final float FQ4 = 1.1797110121e-01f;
    static final float FQ6 = 1.4958146413e-02f;
    static final float FQ8 = 1.0211243118e-03f;

    private FloatMath() {}

    /** Returns e to the x: 0 from -104 down, subnormal results to half a unit. */
    public static float exp(float x) {
        float v = x < EXP_MIN ? EXP_MIN : x;
        // x = 2 n ln(2) + r: the square of 2^n is in reach where 2^2n itself is not
        float t = Math.fma(v, LOG2_E / 2, EXPONENT_ROUNDER);
        int exponent = Math.min(Float.floatToRawIntBits(t), MOST_EXPONENT);
        float n = Float.intBitsToFloat(exponent) - EXPONENT_ROUNDER;
        float r = Math.fma(n, -2 * LN2_LOW, Math.fma(n, -2 * LN2_HIGH, v));
        float p = Math.fma(X0, r, X1);
        p = Math.fma(p, r, X2);
        p = Math.fma(p, r, X3);
        p = Math.fma(p, r, X4);
        p = Math.fma(p, r, X5);
        p = Math.fma(p, r, 1f);
        float y = Math.fma(p, r, 1f);
        float power = Float.intBitsToFloat(exponent << 23);
        return y * power * power;
    }

    /**
     * Returns e to the x, for x up to 88, as {@link VectorExponentials} does: 0 below -87, where
     * results are subnormal and processors a hundred times slower.
     */
    public static float normalExp(float x) {
        return x < SMALLEST_NORMAL ? 0 : exp(x);
    }

    /** Returns {@code exp(x) - 1} without cancellation. */
    static float expm1(float x) {
        float v = x > EXP_MAX ? EXP_MAX : x;
        v = v < -18f ? -18f : v;
        float t = Math.fma(v, LOG2_E, ROUNDER);
        float n = t - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, v));
        float y = Math.fma(expPolynomial(r), r * r, r);
        int exponent = Float.floatToRawIntBits(t) - Float.floatToRawIntBits(ROUNDER);
        int half = exponent >> 1;
        // 2^n (y + 1 - 2^-n); 2^-128 counts as 0
        float one = 1f - powerOfTwo(Math.max(-exponent, -127));
        return (y + one) * powerOfTwo(half) * powerOfTwo(exponent - half);
    }

    private static float expPolynomial(float r) {
        float p = Math.fma(E0, r, E1);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E4);
        return Math.fma(p, r, E5);
    }

    private static float powerOfTwo(int exponent) {
        return Float.intBitsToFloat(exponent + 127 << 23);
    }

    /** Returns the natural logarithm. */
    public static float log(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        float v = subnormal ? x * 0x1p23f : x;
        int bits = Float.floatToRawIntBits(v);
        float e = (bits >>> 23) - 126;
        e = subnormal ? e - 23f : e;
        float m = Float.intBitsToFloat(bits & 0x7fffff | 0x3f000000);
        boolean low = m < SQRT_HALF;
        e = low ? e - 1f : e;
        m = (low ? m + m : m) - 1f;
        float z = m * m;
        float p = Math.fma(L0, m, L1);
        p = Math.fma(p, m, L2);
        p = Math.fma(p, m, L3);
        p = Math.fma(p, m, L4);
        p = Math.fma(p, m, L5);
        p = Math.fma(p, m, L6);
        p = Math.fma(p, m, L7);
        p = Math.fma(p, m, L8) * m * z;
        p = Math.fma(e, LN2_LOW, p);
        p = Math.fma(z, -0.5f, p);
        float result = Math.fma(e, LN2_HIGH, m + p);
        if (!(x > 0f) || x == Float.POSITIVE_INFINITY) {
            result = x == 0f ? Float.NEGATIVE_INFINITY : x > 0f ? x : Float.NaN;
        }
        return result;
    }

    /** Returns {@code log(1 + x)}, corrected for what 1 + x loses (W. Kahan). */
    static float log1p(float x) {
        float u = x + 1f;
        if (u == 1f || u == Float.POSITIVE_INFINITY) {
            return x;
        }
        return log(u) * (x / (u - 1f));
    }

    /** Returns the hyperbolic tangent. */
    public static float tanh(float x) {
        float v = x > TANH_MAX ? TANH_MAX : x;
        v = v < -TANH_MAX ? -TANH_MAX : v;
        float s = v * v;
        float p = Math.fma(TP13, s, TP11);
        p = Math.fma(p, s, TP9);
        p = Math.fma(p, s, TP7);
        p = Math.fma(p, s, TP5);
        p = Math.fma(p, s, TP3);
        p = Math.fma(p, s, TP1) * v;
        float q = Math.fma(TQ6, s, TQ4);
        q = Math.fma(q, s, TQ2);
        q = Math.fma(q, s, TQ0);
        return Math.abs(x) > TANH_MAX ? Math.signum(x) : p / q;
    }

    /** Returns the error function. */
    static float erf(float x) {
        float v = x > ERF_MAX ? ERF_MAX : x;
        v = v < -ERF_MAX ? -ERF_MAX : v;
        float s = v * v;
        float p = Math.fma(FP13, s, FP11);
        p = Math.fma(p, s, FP9);
        p = Math.fma(p, s, FP7);
        p = Math.fma(p, s, FP5);
        p = Math.fma(p, s, FP3);
        p = Math.fma(p, s, FP1) * v;
        float q = Math.fma(FQ8, s, FQ6);
        q = Math.fma(q, s, FQ4);
        q = Math.fma(q, s, FQ2);
        q = Math.fma(q, s, FQ0);
        return Math.abs(x) > ERF_MAX ? Math.signum(x) : p / q;
    }
}
