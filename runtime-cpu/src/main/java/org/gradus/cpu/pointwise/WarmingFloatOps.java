package org.gradus.cpu.pointwise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.gradus.cpu.vector.Warming;
import org.gradus.expr.Op;

/** Loops on vectors, each operation's as soon as it is compiled. */
final class WarmingFloatOps extends FloatOps {
    private static final Op[] OPS = Op.values();

    /** The operations on bfloat16 are numbered after those of the expression language. */
    private static final int WIDEN = OPS.length;

    private static final int ROUND = WIDEN + 1;

    private static final int SMALLEST_BITS = 128;

    /** Plain loops are but a few times slower: what counts more goes first. */
    private static final long DELAY_MILLIS = 700;

    private static final int EXERCISE = 128;

    /** What {@link VectorFloatOps} leaves to plain code: nothing to wait for. */
    private static final Set<Op> PLAIN =
            EnumSet.of(Op.SIN, Op.COS, Op.FLOOR, Op.CEIL, Op.ROUND, Op.REMAINDER, Op.POWER);

    private final FloatOps plain = new FloatOps();
    private final List<Warming<FloatOps>> warmings = new ArrayList<>();
    private final float[] x = new float[EXERCISE];
    private final float[] y = new float[EXERCISE];
    private final float[] to = new float[EXERCISE];
    private final int[] ints = new int[EXERCISE];
    private final short[] shorts = new short[EXERCISE];

    WarmingFloatOps() {
        Arrays.setAll(ints, i -> i % 2);
        Arrays.fill(x, 1.5f);
        Arrays.fill(y, 0.5f);
        for (int i = 0; i <= ROUND; i++) {
            int number = i;
            warmings.add(
                    new Warming<>(
                            plain,
                            SMALLEST_BITS,
                            () -> new VectorFloatOps(),
                            ops -> exercise(ops, number),
                            DELAY_MILLIS));
        }
    }

    /** Returns what is fastest for an operation now. */
    private FloatOps best(Op op) {
        return PLAIN.contains(op) ? plain : best(op.ordinal());
    }

    private FloatOps best(int number) {
        return warmings.get(number).best();
    }

    private void exercise(FloatOps vector, int number) {
        run(vector, number, EXERCISE);
        run(vector, number, EXERCISE - 3);
    }

    private void run(FloatOps vector, int number, int n) {
        int at = EXERCISE - n;
        if (number == WIDEN) {
            vector.widenBrainFloats(shorts, at, to, at, n);
            return;
        }
        if (number == ROUND) {
            vector.roundToBrainFloats(x, at, shorts, at, n);
            return;
        }
        Op op = OPS[number];
        if (op == Op.SELECT) {
            vector.select(to, at, ints, x, at, y, at, n);
        } else if (op.isComparison()) {
            vector.compare(op, ints, x, at, y, at, n);
        } else if (op.arity() == 1) {
            vector.unary(op, to, at, x, at, n);
        } else {
            vector.binary(op, to, at, x, at, y, at, n);
        }
    }

    @Override
    public void unary(Op op, float[] target, int at, float[] a, int aAt, int n) {
        best(op).unary(op, target, at, a, aAt, n);
    }

    @Override
    public void binary(
            Op op, float[] target, int at, float[] a, int aAt, float[] b, int bAt, int n) {
        best(op).binary(op, target, at, a, aAt, b, bAt, n);
    }

    @Override
    public void compare(Op op, int[] target, float[] a, int aAt, float[] b, int bAt, int n) {
        best(op).compare(op, target, a, aAt, b, bAt, n);
    }

    @Override
    public void select(
            float[] target, int at, int[] c, float[] a, int aAt, float[] b, int bAt, int n) {
        best(Op.SELECT).select(target, at, c, a, aAt, b, bAt, n);
    }

    @Override
    public void widenBrainFloats(short[] a, int aAt, float[] target, int at, int n) {
        best(WIDEN).widenBrainFloats(a, aAt, target, at, n);
    }

    @Override
    public void roundToBrainFloats(float[] a, int aAt, short[] target, int at, int n) {
        best(ROUND).roundToBrainFloats(a, aAt, target, at, n);
    }
}
