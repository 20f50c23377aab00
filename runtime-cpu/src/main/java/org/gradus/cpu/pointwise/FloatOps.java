package org.gradus.cpu.pointwise;

import org.gradus.cpu.vector.VectorProvider;
import org.gradus.expr.Op;

/**
 * The elementwise loops on {@code F32} tiles, in plain Java. {@link VectorFloatOps} overrides what
 * the Vector API does better. Each writes {@code n} elements of {@code to}, which may be the very
 * same place as an operand.
 */
public class FloatOps {
    FloatOps() {}

    /** Returns the loops for this JVM. */
    public static FloatOps create() {
        return Shared.OPS;
    }

    /** The loops of the process. */
    private static final class Shared {
        static final FloatOps OPS =
                VectorProvider.available() ? new WarmingFloatOps() : new FloatOps();
    }

    /** Applies a function of one operand. */
    public void unary(Op op, float[] to, int at, float[] x, int xAt, int n) {
        switch (op) {
            case NEGATE -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = -x[xAt + i];
                }
            }
            case ABSOLUTE -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Math.abs(x[xAt + i]);
                }
            }
            case RECIPROCAL -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = 1f / x[xAt + i];
                }
            }
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = (float) Math.sqrt(x[xAt + i]);
                }
            }
            case RSQRT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = 1f / (float) Math.sqrt(x[xAt + i]);
                }
            }
            case EXP -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = FloatMath.exp(x[xAt + i]);
                }
            }
            case LOG -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = FloatMath.log(x[xAt + i]);
                }
            }
            case TANH -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = FloatMath.tanh(x[xAt + i]);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = unary(op, x[xAt + i]);
                }
            }
        }
    }

    private static float unary(Op op, float x) {
        return switch (op) {
            case SIGN -> Math.signum(x);
            case EXPM1 -> FloatMath.expm1(x);
            case LOG1P -> FloatMath.log1p(x);
            case SIN -> (float) Math.sin(x);
            case COS -> (float) Math.cos(x);
            case ERF -> FloatMath.erf(x);
            case FLOOR -> (float) Math.floor(x);
            case CEIL -> (float) Math.ceil(x);
            case ROUND -> (float) Math.rint(x);
            default -> throw new IllegalArgumentException(op + " is not a function of one f32");
        };
    }

    /** Applies a function of two operands. */
    public void binary(Op op, float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        switch (op) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] + y[yAt + i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] - y[yAt + i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] * y[yAt + i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] / y[yAt + i];
                }
            }
            case MINIMUM -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Math.min(x[xAt + i], y[yAt + i]);
                }
            }
            case MAXIMUM -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Math.max(x[xAt + i], y[yAt + i]);
                }
            }
            case POWER -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = (float) Math.pow(x[xAt + i], y[yAt + i]);
                }
            }
            case REMAINDER -> {
                for (int i = 0; i < n; i++) {
                    // exact in double, so the sign is the only thing left to mend
                    to[at + i] = (float) DoubleOps.remainder(x[xAt + i], y[yAt + i]);
                }
            }
            default -> throw new IllegalArgumentException(op + " is not a function of two f32");
        }
    }

    /** Compares; the results, 0 or 1, begin at 0. */
    public void compare(Op op, int[] to, float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            float a = x[xAt + i];
            float b = y[yAt + i];
            boolean holds = op == Op.EQUAL ? a == b : op == Op.LESS ? a < b : a <= b;
            to[i] = holds ? 1 : 0;
        }
    }

    /** Takes from {@code x} where {@code c}, which begins at 0, is not 0, else from {@code y}. */
    public void select(float[] to, int at, int[] c, float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = c[i] != 0 ? x[xAt + i] : y[yAt + i];
        }
    }

    /** Widens bfloat16 to float. */
    public void widenBrainFloats(short[] x, int xAt, float[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = Rounding.brainFloatToFloat(x[xAt + i]);
        }
    }

    /** Rounds float to bfloat16. */
    public void roundToBrainFloats(float[] x, int xAt, short[] to, int at, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = Rounding.floatToBrainFloat(x[xAt + i]);
        }
    }
}
