package org.gradus.cpu;

import org.gradus.cpu.pointwise.Rounding;
import org.gradus.dtype.DType;

/** Single elements and strided runs of the arrays that hold them, whatever their type. */
public final class Elements {
    private Elements() {}

    /** Returns an element as a {@code double}. */
    public static double getDouble(Object array, DType dtype, int at) {
        return switch (dtype) {
            case F32 -> ((float[]) array)[at];
            case F64 -> ((double[]) array)[at];
            case F16 -> Float.float16ToFloat(((short[]) array)[at]);
            case BF16 -> Rounding.brainFloatToFloat(((short[]) array)[at]);
            default -> getLong(array, dtype, at);
        };
    }

    /** Returns an element as a {@code long}; floating ones are truncated. */
    public static long getLong(Object array, DType dtype, int at) {
        return switch (dtype) {
            case I64 -> ((long[]) array)[at];
            case I32 -> ((int[]) array)[at];
            case U8, BOOL -> ((byte[]) array)[at] & 0xff;
            default -> (long) getDouble(array, dtype, at);
        };
    }

    /** Sets an element, rounded or truncated to its type. */
    public static void set(Object array, DType dtype, int at, double value) {
        switch (dtype) {
            case F32 -> ((float[]) array)[at] = (float) value;
            case F64 -> ((double[]) array)[at] = value;
            case F16 -> ((short[]) array)[at] = Float.floatToFloat16((float) value);
            case BF16 -> ((short[]) array)[at] = Rounding.floatToBrainFloat((float) value);
            case BOOL -> ((byte[]) array)[at] = (byte) (value != 0 ? 1 : 0);
            default -> set(array, dtype, at, (long) value);
        }
    }

    /** Sets an element; integers wrap. */
    public static void set(Object array, DType dtype, int at, long value) {
        switch (dtype) {
            case I64 -> ((long[]) array)[at] = value;
            case I32 -> ((int[]) array)[at] = (int) value;
            case U8 -> ((byte[]) array)[at] = (byte) value;
            case BOOL -> ((byte[]) array)[at] = (byte) (value != 0 ? 1 : 0);
            default -> set(array, dtype, at, (double) value);
        }
    }

    /** Copies {@code n} elements that lie a stride apart between arrays of one type. */
    public static void copy(
            Object from, int fromAt, int fromStride, Object to, int toAt, int toStride, int n) {
        if (fromStride == 1 && toStride == 1) {
            System.arraycopy(from, fromAt, to, toAt, n);
            return;
        }
        switch (from) {
            case float[] x -> copy(x, fromAt, fromStride, (float[]) to, toAt, toStride, n);
            case double[] x -> copy(x, fromAt, fromStride, (double[]) to, toAt, toStride, n);
            case int[] x -> copy(x, fromAt, fromStride, (int[]) to, toAt, toStride, n);
            case long[] x -> copy(x, fromAt, fromStride, (long[]) to, toAt, toStride, n);
            case short[] x -> copy(x, fromAt, fromStride, (short[]) to, toAt, toStride, n);
            case byte[] x -> copy(x, fromAt, fromStride, (byte[]) to, toAt, toStride, n);
            default -> throw new IllegalArgumentException("no array of elements: " + from);
        }
    }

    private static void copy(
            float[] from, int fromAt, int fromStride, float[] to, int toAt, int toStride, int n) {
        for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
            to[t] = from[f];
        }
    }

    private static void copy(
            double[] from, int fromAt, int fromStride, double[] to, int toAt, int toStride, int n) {
        for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
            to[t] = from[f];
        }
    }

    private static void copy(
            int[] from, int fromAt, int fromStride, int[] to, int toAt, int toStride, int n) {
        for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
            to[t] = from[f];
        }
    }

    private static void copy(
            long[] from, int fromAt, int fromStride, long[] to, int toAt, int toStride, int n) {
        for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
            to[t] = from[f];
        }
    }

    private static void copy(
            short[] from, int fromAt, int fromStride, short[] to, int toAt, int toStride, int n) {
        for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
            to[t] = from[f];
        }
    }

    private static void copy(
            byte[] from, int fromAt, int fromStride, byte[] to, int toAt, int toStride, int n) {
        for (int i = 0, f = fromAt, t = toAt; i < n; i++, f += fromStride, t += toStride) {
            to[t] = from[f];
        }
    }
}
