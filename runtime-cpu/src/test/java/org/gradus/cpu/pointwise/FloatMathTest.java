package org.gradus.cpu.pointwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.gradus.cpu.NaiveProgram;
import org.gradus.expr.Op;
import org.junit.jupiter.api.Test;

class FloatMathTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private interface FloatFunction {
        float apply(float x);
    }

    /** Tries every 2003rd float of the interval; 2003 is prime, so that all bit patterns occur. */
    private static double worst(
            FloatFunction function, DoubleUnaryOperator exact, float low, float high) {
        double worst = 0;
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += 2003) {
            float x = Float.intBitsToFloat((int) bits);
            if (x >= low && x <= high) {
                double expected = exact.applyAsDouble(x);
                double error = Math.abs(function.apply(x) - expected);
                worst = Math.max(worst, error / Math.max(Math.abs(expected), Float.MIN_NORMAL));
            }
        }
        return worst;
    }

    private static void atMost(double limit, double error) {
        assertTrue(error <= limit, () -> "relative error " + error + " but at most " + limit);
    }

    @Test
    void errorsAreAsSmallAsStated() {
        atMost(1.6e-7, worst(FloatMath::exp, Math::exp, -87f, 88.7f));
        atMost(2.4e-7, worst(FloatMath::expm1, Math::expm1, -100f, 88.7f));
        atMost(1.3e-7, worst(FloatMath::log, Math::log, 0x1p-149f, Float.MAX_VALUE));
        atMost(3.6e-7, worst(FloatMath::log1p, Math::log1p, -0.9999999f, Float.MAX_VALUE));
        atMost(3.5e-7, worst(FloatMath::tanh, Math::tanh, -INFINITY, INFINITY));
        atMost(3.5e-7, worst(FloatMath::erf, NaiveProgram::erf, -INFINITY, INFINITY));
    }

    @Test
    void subnormalResultsOfExpAreRoundedNotFlushed() {
        for (float x = -103.9f; x < -87f; x += 0.01f) {
            assertEquals(Math.exp(x), FloatMath.exp(x), Float.MIN_VALUE);
        }
    }

    @Test
    void specialValuesAreExact() {
        assertEquals(0f, FloatMath.exp(-INFINITY));
        assertEquals(0f, FloatMath.exp(-104.5f));
        assertEquals(1f, FloatMath.exp(0f));
        assertEquals(INFINITY, FloatMath.exp(89f));
        assertEquals(INFINITY, FloatMath.exp(INFINITY));
        assertEquals(-1f, FloatMath.expm1(-INFINITY));
        assertEquals(0f, FloatMath.expm1(0f));
        assertEquals(INFINITY, FloatMath.expm1(INFINITY));
        assertEquals(-INFINITY, FloatMath.log(0f));
        assertEquals(-INFINITY, FloatMath.log(-0f));
        assertEquals(0f, FloatMath.log(1f));
        assertEquals(INFINITY, FloatMath.log(INFINITY));
        assertEquals(Float.NaN, FloatMath.log(-1f));
        assertEquals(-INFINITY, FloatMath.log1p(-1f));
        assertEquals(1e-30f, FloatMath.log1p(1e-30f));
        assertEquals(INFINITY, FloatMath.log1p(INFINITY));
        assertEquals(1f, FloatMath.tanh(INFINITY));
        assertEquals(-1f, FloatMath.tanh(-INFINITY));
        assertEquals(0f, FloatMath.tanh(0f));
        assertEquals(1f, FloatMath.erf(INFINITY));
        assertEquals(-1f, FloatMath.erf(-INFINITY));
        FloatFunction[] all = {
            FloatMath::exp,
            FloatMath::expm1,
            FloatMath::log,
            FloatMath::log1p,
            FloatMath::tanh,
            FloatMath::erf
        };
        for (FloatFunction function : all) {
            assertEquals(Float.NaN, function.apply(Float.NaN));
        }
    }

    @Test
    void vectorAndScalarLoopsGiveTheSameBits() {
        FloatOps scalar = new FloatOps();
        FloatOps vector = new VectorFloatOps();
        float[] special = {
            0f,
            -0f,
            1f,
            -1f,
            INFINITY,
            -INFINITY,
            Float.NaN,
            Float.MIN_VALUE,
            1e-40f,
            104f,
            -104f,
            88.72f,
            88.73f,
            -87.5f,
            0.5f,
            1.5f,
            2.5f,
            4f,
            -4f,
            8f,
            Float.MAX_VALUE
        };
        for (int n : new int[] {0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 1000, 1024}) {
            float[] x = new float[n + 3];
            float[] y = new float[n + 5];
            for (int i = 0; i < n; i++) {
                x[3 + i] = i % 3 == 0 ? special[i / 3 % 21] : (float) Math.sin(i) * (i % 90);
                y[5 + i] = i % 5 == 0 ? special[i / 5 % 21] : (float) Math.cos(i) * (i % 90);
            }
            for (Op op : Op.values()) {
                int arity = op.arity();
                boolean integers = op.ordinal() >= Op.AND.ordinal();
                if (arity == 0 || integers && !op.isComparison() || op == Op.NOT) {
                    continue;
                }
                float[] a = new float[n + 1];
                float[] b = new float[n + 1];
                int[] p = new int[n + 1];
                int[] q = new int[n + 1];
                if (op.isComparison()) {
                    scalar.compare(op, p, x, 3, y, 5, n);
                    vector.compare(op, q, x, 3, y, 5, n);
                } else if (arity == 1) {
                    scalar.unary(op, a, 1, x, 3, n);
                    vector.unary(op, b, 1, x, 3, n);
                } else {
                    scalar.binary(op, a, 1, x, 3, y, 5, n);
                    vector.binary(op, b, 1, x, 3, y, 5, n);
                }
                for (int i = 0; i <= n; i++) {
                    int at = i;
                    assertEquals(a[i], b[i], () -> op + " at " + at + " of " + n);
                    assertEquals(p[i], q[i], () -> op + " at " + at + " of " + n);
                }
            }
        }
    }

    @Test
    void theErrorFunctionIsAccurateInDoublePrecision() {
        for (double x = -7; x < 7; x += 0.00137) {
            assertEquals(NaiveProgram.erf(x), ErrorFunction.erf(x), 4e-13);
        }
        assertEquals(0.8427007929497149, ErrorFunction.erf(1), 2e-16);
        assertEquals(0.9953222650189527, ErrorFunction.erf(2), 2e-16);
        assertEquals(0.1124629160182849, ErrorFunction.erf(0.1), 2e-17);
        assertEquals(-0.9999779095030014, ErrorFunction.erf(-3), 2e-16);
        assertEquals(Double.NaN, ErrorFunction.erf(Double.NaN));
    }

    @Test
    void vectorAndScalarLoopsRoundToTheSameBfloat16() {
        int n = 1003;
        float[] x = new float[n];
        short[] expected = new short[n];
        short[] actual = new short[n];
        float[] wide = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = Float.intBitsToFloat(i * 0x9E3779B9);
        }
        new FloatOps().roundToBrainFloats(x, 0, expected, 0, n);
        new VectorFloatOps().roundToBrainFloats(x, 0, actual, 0, n);
        new VectorFloatOps().widenBrainFloats(actual, 0, wide, 0, n);
        for (int i = 0; i < n; i++) {
            assertEquals(expected[i], actual[i]);
            assertEquals(Rounding.brainFloatToFloat(expected[i]), wide[i]);
        }
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        assertEquals((short) 0x3f80, Rounding.floatToBrainFloat(1f));
        assertEquals((short) 0x3f80, Rounding.floatToBrainFloat(Float.intBitsToFloat(0x3f808000)));
        assertEquals((short) 0x3f82, Rounding.floatToBrainFloat(Float.intBitsToFloat(0x3f818000)));
        assertEquals((short) 0x3f81, Rounding.floatToBrainFloat(Float.intBitsToFloat(0x3f808001)));
        assertEquals((short) 0x7f80, Rounding.floatToBrainFloat(Float.MAX_VALUE));
        short nan = Rounding.floatToBrainFloat(Float.intBitsToFloat(0x7f800001));
        assertTrue(Float.isNaN(Rounding.brainFloatToFloat(nan)));
    }
}
