package org.gradus.expr;

import org.gradus.dtype.DType;

/**
 * The encoding of kernel arguments and literals in 64 bits: floating types as the bits of the
 * {@code double} value, integers and {@code BOOL} as the value itself.
 */
public final class Scalars {
    private Scalars() {}

    /** Returns the bits of a number for an argument of the given type. */
    public static long encode(double value, DType dtype) {
        return dtype.isFloating() ? Double.doubleToRawLongBits(value) : (long) value;
    }

    /** Returns the bits of a whole number for an argument of the given type. */
    public static long encode(long value, DType dtype) {
        return dtype.isFloating() ? Double.doubleToRawLongBits(value) : value;
    }

    /** Returns the number that the bits stand for. */
    public static double decode(long bits, DType dtype) {
        return dtype.isFloating() ? Double.longBitsToDouble(bits) : bits;
    }

    static String toString(long bits, DType dtype) {
        return dtype.isFloating()
                ? Double.toString(Double.longBitsToDouble(bits))
                : Long.toString(bits);
    }
}
