package org.gradus.cpu.pointwise;

import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.gradus.expr.Op;

/**
 * Plain loops until the vector ones are compiled: before that, code on the Vector API is a thousand
 * times slower. What is used for the first time is run by a thread in the background until the
 * compiler has dealt with it. Both kinds of loops give the same bits, so nobody sees the change but
 * by the clock.
 */
final class WarmingFloatOps extends FloatOps {
    private static final int COLD = 0;
    private static final int REQUESTED = 1;
    private static final int READY = 2;

    /** The operations on bfloat16 are numbered after those of the expression language. */
    private static final int WIDEN = Op.values().length;

    private static final int ROUND = WIDEN + 1;

    /** Compiled loops take two tiles of a thousand elements in less, others in much more. */
    private static final long COMPILED_NANOS = 8_000;

    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final FloatOps vector = new VectorFloatOps();
    private final AtomicIntegerArray states = new AtomicIntegerArray(ROUND + 1);
    private final ThreadPoolExecutor background;

    WarmingFloatOps() {
        background =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("gradus-cpu-warm-up").factory());
        background.allowCoreThreadTimeOut(true);
    }

    private boolean isReady(int number) {
        int state = states.getPlain(number);
        if (state == COLD && states.compareAndSet(number, COLD, REQUESTED)) {
            background.execute(() -> warm(number));
        }
        return state == READY;
    }

    private void warm(int number) {
        float[] x = new float[Frame.TILE];
        float[] y = new float[Frame.TILE];
        float[] to = new float[Frame.TILE];
        int[] ints = new int[Frame.TILE];
        short[] shorts = new short[Frame.TILE];
        Arrays.setAll(ints, i -> i % 2);
        Arrays.fill(x, 1.5f);
        Arrays.fill(y, 0.5f);
        long start = System.nanoTime();
        long before = start;
        int compiled = 0;
        while (compiled < 3 && before - start < GIVE_UP_NANOS) {
            // also lengths and places that are no multiples of a vector's: what the compiler has
            // not seen it leaves out
            runVector(number, x, y, to, ints, shorts, Frame.TILE);
            runVector(number, x, y, to, ints, shorts, Frame.TILE - 3);
            long after = System.nanoTime();
            compiled = after - before < COMPILED_NANOS ? compiled + 1 : 0;
            before = after;
        }
        states.set(number, compiled == 3 ? READY : REQUESTED);
    }

    private void runVector(
            int number, float[] x, float[] y, float[] to, int[] ints, short[] shorts, int n) {
        int at = Frame.TILE - n;
        if (number == WIDEN) {
            vector.widenBrainFloats(shorts, at, to, at, n);
            return;
        }
        if (number == ROUND) {
            vector.roundToBrainFloats(x, at, shorts, at, n);
            return;
        }
        Op op = Op.values()[number];
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
    public void unary(Op op, float[] to, int at, float[] x, int xAt, int n) {
        if (isReady(op.ordinal())) {
            vector.unary(op, to, at, x, xAt, n);
        } else {
            super.unary(op, to, at, x, xAt, n);
        }
    }

    @Override
    public void binary(Op op, float[] to, int at, float[] x, int xAt, float[] y, int yAt, int n) {
        if (isReady(op.ordinal())) {
            vector.binary(op, to, at, x, xAt, y, yAt, n);
        } else {
            super.binary(op, to, at, x, xAt, y, yAt, n);
        }
    }

    @Override
    public void compare(Op op, int[] to, float[] x, int xAt, float[] y, int yAt, int n) {
        if (isReady(op.ordinal())) {
            vector.compare(op, to, x, xAt, y, yAt, n);
        } else {
            super.compare(op, to, x, xAt, y, yAt, n);
        }
    }

    @Override
    public void select(float[] to, int at, int[] c, float[] x, int xAt, float[] y, int yAt, int n) {
        if (isReady(Op.SELECT.ordinal())) {
            vector.select(to, at, c, x, xAt, y, yAt, n);
        } else {
            super.select(to, at, c, x, xAt, y, yAt, n);
        }
    }

    @Override
    public void widenBrainFloats(short[] x, int xAt, float[] to, int at, int n) {
        if (isReady(WIDEN)) {
            vector.widenBrainFloats(x, xAt, to, at, n);
        } else {
            super.widenBrainFloats(x, xAt, to, at, n);
        }
    }

    @Override
    public void roundToBrainFloats(float[] x, int xAt, short[] to, int at, int n) {
        if (isReady(ROUND)) {
            vector.roundToBrainFloats(x, xAt, to, at, n);
        } else {
            super.roundToBrainFloats(x, xAt, to, at, n);
        }
    }
}
