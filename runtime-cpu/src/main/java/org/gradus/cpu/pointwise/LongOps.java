package org.gradus.cpu.pointwise;

import org.gradus.expr.Op;

/** The elementwise loops on {@code I64} tiles. Each writes {@code n} elements of {@code to}. */
final class LongOps {
    private LongOps() {}

    static void unary(Op op, long[] to, int at, long[] x, int xAt, int n) {
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
            case SIGN -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Long.signum(x[xAt + i]);
                }
            }
            case NOT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = ~x[xAt + i];
                }
            }
            case FLOOR, CEIL, ROUND -> System.arraycopy(x, xAt, to, at, n);
            default -> throw new IllegalArgumentException(op + " is not a function of one i64");
        }
    }

    static void binary(Op op, long[] to, int at, long[] x, int xAt, long[] y, int yAt, int n) {
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
                    long divisor = y[yAt + i];
                    to[at + i] = divisor == 0 ? 0 : x[xAt + i] / divisor;
                }
            }
            case REMAINDER -> {
                for (int i = 0; i < n; i++) {
                    long divisor = y[yAt + i];
                    to[at + i] = divisor == 0 ? 0 : Math.floorMod(x[xAt + i], divisor);
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
            case AND -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] & y[yAt + i];
                }
            }
            case OR -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] | y[yAt + i];
                }
            }
            case XOR -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] ^ y[yAt + i];
                }
            }
            case SHIFT_LEFT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] << y[yAt + i];
                }
            }
            case SHIFT_RIGHT -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[xAt + i] >>> y[yAt + i];
                }
            }
            default -> throw new IllegalArgumentException(op + " is not a function of two i64");
        }
    }

    static void compare(Op op, int[] to, int at, long[] x, int xAt, long[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            long a = x[xAt + i];
            long b = y[yAt + i];
            boolean holds = op == Op.EQUAL ? a == b : op == Op.LESS ? a < b : a <= b;
            to[at + i] = holds ? 1 : 0;
        }
    }

    static void select(
            long[] to, int at, int[] c, int cAt, long[] x, int xAt, long[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] = c[cAt + i] != 0 ? x[xAt + i] : y[yAt + i];
        }
    }
}
