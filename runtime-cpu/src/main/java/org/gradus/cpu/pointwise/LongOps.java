package org.gradus.cpu.pointwise;

import org.gradus.expr.Op;

/**
 * The elementwise loops on {@code I64} tiles. Each writes the first {@code n} elements of {@code
 * to}, which may be an operand. As all arrays are indexed alike, the compiler vectorizes.
 */
final class LongOps {
    private LongOps() {}

    static void unary(Op op, long[] to, long[] x, int n) {
        switch (op) {
            case NEGATE -> {
                for (int i = 0; i < n; i++) {
                    to[i] = -x[i];
                }
            }
            case ABSOLUTE -> {
                for (int i = 0; i < n; i++) {
                    to[i] = Math.abs(x[i]);
                }
            }
            case SIGN -> {
                for (int i = 0; i < n; i++) {
                    to[i] = Long.signum(x[i]);
                }
            }
            case NOT -> {
                for (int i = 0; i < n; i++) {
                    to[i] = ~x[i];
                }
            }
            case FLOOR, CEIL, ROUND -> System.arraycopy(x, 0, to, 0, n);
            default -> throw new IllegalArgumentException(op + " is not a function of one i64");
        }
    }

    static void binary(Op op, long[] to, long[] x, long[] y, int n) {
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
                    long divisor = y[i];
                    to[i] = divisor == 0 ? 0 : x[i] / divisor;
                }
            }
            case REMAINDER -> {
                for (int i = 0; i < n; i++) {
                    long divisor = y[i];
                    to[i] = divisor == 0 ? 0 : Math.floorMod(x[i], divisor);
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
            case AND -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] & y[i];
                }
            }
            case OR -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] | y[i];
                }
            }
            case XOR -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] ^ y[i];
                }
            }
            case SHIFT_LEFT -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] << y[i];
                }
            }
            case SHIFT_RIGHT -> {
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] >>> y[i];
                }
            }
            default -> throw new IllegalArgumentException(op + " is not a function of two i64");
        }
    }

    static void compare(Op op, int[] to, long[] x, long[] y, int n) {
        for (int i = 0; i < n; i++) {
            long a = x[i];
            long b = y[i];
            boolean holds = op == Op.EQUAL ? a == b : op == Op.LESS ? a < b : a <= b;
            to[i] = holds ? 1 : 0;
        }
    }

    static void select(long[] to, int[] c, long[] x, long[] y, int n) {
        for (int i = 0; i < n; i++) {
            to[i] = c[i] != 0 ? x[i] : y[i];
        }
    }
}
