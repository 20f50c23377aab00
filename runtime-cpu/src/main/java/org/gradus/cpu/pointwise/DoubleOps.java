package org.gradus.cpu.pointwise;

import org.gradus.expr.Op;

/**
 * The elementwise loops on {@code F64} tiles. Each writes the first {@code n} elements of {@code
 * to}, which may be an operand. As all arrays are indexed alike, the compiler vectorizes.
 */
final class DoubleOps {
    private DoubleOps() {}

    static void unary(Op op, double[] to, double[] x, int n) {
        switch (op) {
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    to[i] = Math.sqrt(x[i]);
                }
            }
            case NEGATE -> {
                for (int i = 0; i < n; i++) {
                    to[i] = -x[i];
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to[i] = unary(op, x[i]);
                }
            }
        }
    }

    private static double unary(Op op, double x) {
        return switch (op) {
            case ABSOLUTE -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case RECIPROCAL -> 1 / x;
            case RSQRT -> 1 / Math.sqrt(x);
            case EXP -> Math.exp(x);
            case EXPM1 -> Math.expm1(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TANH -> Math.tanh(x);
            case ERF -> ErrorFunction.erf(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            default -> throw new IllegalArgumentException(op + " is not a function of one f64");
        };
    }

    static void binary(Op op, double[] to, double[] x, double[] y, int n) {
        switch (op) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] + y[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] - y[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] * y[i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] / y[i];
                }
            }
            case MINIMUM -> {
                for (int i = 0; i < n; i++) {
                    to[i] = Math.min(x[i], y[i]);
                }
            }
            case MAXIMUM -> {
                for (int i = 0; i < n; i++) {
                    to[i] = Math.max(x[i], y[i]);
                }
            }
            case POWER -> {
                for (int i = 0; i < n; i++) {
                    to[i] = Math.pow(x[i], y[i]);
                }
            }
            case REMAINDER -> {
                for (int i = 0; i < n; i++) {
                    to[i] = remainder(x[i], y[i]);
                }
            }
            default -> throw new IllegalArgumentException(op + " is not a function of two f64");
        }
    }

    /** Returns the remainder with the sign of the divisor. */
    static double remainder(double x, double y) {
        double remainder = x % y;
        return remainder != 0 && remainder < 0 != y < 0 ? remainder + y : remainder;
    }

    static void compare(Op op, int[] to, double[] x, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            double a = x[i];
            double b = y[i];
            boolean holds = op == Op.EQUAL ? a == b : op == Op.LESS ? a < b : a <= b;
            to[i] = holds ? 1 : 0;
        }
    }

    static void select(double[] to, int[] c, double[] x, double[] y, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = c[i] != 0 ? x[i] : y[i];
        }
    }
}
