package org.gradus.cpu.pointwise;

import org.gradus.expr.Op;

/** The elementwise loops on {@code F64} tiles. Each writes {@code n} elements of {@code to}. */
final class DoubleOps {
    private DoubleOps() {}

    static void unary(Op op, double[] to, int at, double[] x, int xAt, int n) {
        switch (op) {
            case SQRT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Math.sqrt(x[xAt + i]);
                }
            }
            case NEGATE -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = -x[xAt + i];
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = unary(op, x[xAt + i]);
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

    static void binary(Op op, double[] to, int at, double[] x, int xAt, double[] y, int yAt, int n) {
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
                    to[at + i] = Math.pow(x[xAt + i], y[yAt + i]);
                }
            }
            case REMAINDER -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = remainder(x[xAt + i], y[yAt + i]);
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

    static void compare(Op op, int[] to, int at, double[] x, int xAt, double[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            double a = x[xAt + i];
            double b = y[yAt + i];
            boolean holds = op == Op.EQUAL ? a == b : op == Op.LESS ? a < b : a <= b;
            to[at + i] = holds ? 1 : 0;
        }
    }

    static void select(
            double[] to, int at, int[] c, int cAt, double[] x, int xAt, double[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = c[cAt + i] != 0 ? x[xAt + i] : y[yAt + i];
        }
    }
}
