package org.gradus.cpu.pointwise;

/** Conversion between {@code float} and bfloat16, the upper half of a {@code float}. */
public final class Rounding {
    private Rounding() {}

    /** Returns the value of a bfloat16. */
    public static float brainFloatToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Returns the nearest bfloat16, ties to even; NaN stays NaN. */
    public static short floatToBrainFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) (bits >> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >> 16);
    }
}
