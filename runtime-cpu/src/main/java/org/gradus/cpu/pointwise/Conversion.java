package org.gradus.cpu.pointwise;

import org.gradus.dtype.DType;

/**
 * Conversion of tiles from one type to another, as {@link org.gradus.expr.Op#CAST} says: floating
 * to integer truncates and saturates, integers wrap, to {@code BOOL} is {@code != 0}.
 */
final class Conversion {
    private Conversion() {}

    /** Converts a slot's tile of compute type {@code from} to any type, into another slot. */
    static void run(Frame frame, DType from, int x, DType to, int slot, int n) {
        if (to == DType.BOOL) {
            toBool(frame, from, x, frame.ints[slot], n);
            return;
        }
        switch (to.computeType()) {
            case F32 -> toFloats(frame, from, x, frame.floats[slot], frame.at[slot], n);
            case F64 -> toDoubles(frame, from, x, frame.doubles[slot], n);
            case I64 -> toLongs(frame, from, x, frame.longs[slot], n);
            default -> toInts(frame, from, x, frame.ints[slot], n);
        }
        switch (to) {
            case BF16 -> roundToBrainFloats(frame.floats[slot], frame.at[slot], n);
            case F16 -> roundToHalves(frame.floats[slot], frame.at[slot], n);
            case U8 -> toBytes(frame.ints[slot], from.isFloating(), n);
            default -> {}
        }
    }

    private static void toBool(Frame frame, DType from, int slot, int[] to, int n) {
        int xAt = frame.at[slot];
        switch (from) {
            case F32 -> {
                float[] x = frame.floats[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[xAt + i] != 0 ? 1 : 0;
                }
            }
            case F64 -> {
                double[] x = frame.doubles[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] != 0 ? 1 : 0;
                }
            }
            case I64 -> {
                long[] x = frame.longs[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] != 0 ? 1 : 0;
                }
            }
            default -> {
                int[] x = frame.ints[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[i] != 0 ? 1 : 0;
                }
            }
        }
    }

    private static void toFloats(Frame frame, DType from, int slot, float[] to, int at, int n) {
        int xAt = frame.at[slot];
        switch (from) {
            case F32 -> System.arraycopy(frame.floats[slot], xAt, to, at, n);
            case F64 -> {
                double[] x = frame.doubles[slot];
                for (int i = 0; i < n; i++) {
                    to[at + i] = (float) x[i];
                }
            }
            case I64 -> {
                long[] x = frame.longs[slot];
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[i];
                }
            }
            default -> {
                int[] x = frame.ints[slot];
                for (int i = 0; i < n; i++) {
                    to[at + i] = x[i];
                }
            }
        }
    }

    private static void toDoubles(Frame frame, DType from, int slot, double[] to, int n) {
        int xAt = frame.at[slot];
        switch (from) {
            case F32 -> {
                float[] x = frame.floats[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[xAt + i];
                }
            }
            case F64 -> System.arraycopy(frame.doubles[slot], 0, to, 0, n);
            case I64 -> {
                long[] x = frame.longs[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[i];
                }
            }
            default -> {
                int[] x = frame.ints[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[i];
                }
            }
        }
    }

    private static void toLongs(Frame frame, DType from, int slot, long[] to, int n) {
        int xAt = frame.at[slot];
        switch (from) {
            case F32 -> {
                float[] x = frame.floats[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = (long) x[xAt + i];
                }
            }
            case F64 -> {
                double[] x = frame.doubles[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = (long) x[i];
                }
            }
            case I64 -> System.arraycopy(frame.longs[slot], 0, to, 0, n);
            default -> {
                int[] x = frame.ints[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = x[i];
                }
            }
        }
    }

    private static void toInts(Frame frame, DType from, int slot, int[] to, int n) {
        int xAt = frame.at[slot];
        switch (from) {
            case F32 -> {
                float[] x = frame.floats[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = (int) x[xAt + i];
                }
            }
            case F64 -> {
                double[] x = frame.doubles[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = (int) x[i];
                }
            }
            case I64 -> {
                long[] x = frame.longs[slot];
                for (int i = 0; i < n; i++) {
                    to[i] = (int) x[i];
                }
            }
            default -> System.arraycopy(frame.ints[slot], 0, to, 0, n);
        }
    }

    private static void roundToBrainFloats(float[] x, int at, int n) {
        for (int i = 0; i < n; i++) {
            x[at + i] = Rounding.brainFloatToFloat(Rounding.floatToBrainFloat(x[at + i]));
        }
    }

    private static void roundToHalves(float[] x, int at, int n) {
        for (int i = 0; i < n; i++) {
            x[at + i] = Float.float16ToFloat(Float.floatToFloat16(x[at + i]));
        }
    }

    private static void toBytes(int[] x, boolean saturate, int n) {
        for (int i = 0; i < n; i++) {
            int value = x[i];
            x[i] = saturate ? Math.clamp(value, 0, 255) : value & 0xff;
        }
    }
}
