package org.gradus.device;

/**
 * Stands for a scalar argument whose value is not the same each time that {@linkplain
 * Device#capture recorded work} is done: a word with a mark that no other argument has, and a
 * number.
 */
public final class Placeholder {
    /** How many there can be in one recording. */
    public static final int LIMIT = 1 << 15;

    /** The upper 48 bits: as a number of double precision, one of the order of 1e117. */
    private static final long MARK = 0x5853_EDCA_971D_0000L;

    private static final long MASK = 0xFFFF_FFFF_FFFF_0000L;

    /** Set where the kernel takes the bits of a number in single precision. */
    private static final long SINGLE = LIMIT;

    private Placeholder() {}

    /** Returns the placeholder of a number from 0 up to {@link #LIMIT}. */
    public static long of(int number) {
        return MARK | number;
    }

    /** Returns whether a word is a placeholder. */
    public static boolean is(long word) {
        return (word & MASK) == MARK;
    }

    /** Returns a placeholder for the same number in single precision. */
    public static long inSinglePrecision(long placeholder) {
        return placeholder | SINGLE;
    }

    /** Returns which of the values a placeholder stands for. */
    public static int number(long placeholder) {
        return (int) (placeholder & (LIMIT - 1));
    }

    /** Returns the word that a kernel takes in the place of a placeholder. */
    public static long word(long placeholder, long[] values) {
        long value = values[number(placeholder)];
        return (placeholder & SINGLE) == 0
                ? value
                : Integer.toUnsignedLong(
                        Float.floatToRawIntBits((float) Double.longBitsToDouble(value)));
    }
}
