package org.gradus.data.text;

import java.util.Arrays;

/**
 * The letters that stand for bytes in the files of byte-level BPE (Radford et al. 2019, GPT-2):
 * printable characters of Latin-1 for themselves, the other 68 bytes in order as U+0100 and
 * following.
 */
final class ByteLevel {
    private static final int BYTES = 256;

    private ByteLevel() {}

    /** Returns the letter of each byte. */
    static char[] letters() {
        char[] letters = new char[BYTES];
        char next = BYTES;
        for (int value = 0; value < BYTES; value++) {
            letters[value] = isPrintable(value) ? (char) value : next++;
        }
        return letters;
    }

    /** Returns the byte of each letter; -1 where a character stands for none. */
    static int[] bytes() {
        char[] letters = letters();
        int[] bytes = new int[2 * BYTES];
        Arrays.fill(bytes, -1);
        for (int value = 0; value < BYTES; value++) {
            bytes[letters[value]] = value;
        }
        return bytes;
    }

    /** Returns how many characters begin in some bytes of UTF-8: all but continuation bytes do. */
    static int charactersBegun(byte... utf8) {
        int count = 0;
        for (byte value : utf8) {
            count += (value & 0xc0) == 0x80 ? 0 : 1;
        }
        return count;
    }

    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~'
                || value >= 0xa1 && value <= 0xac
                || value >= 0xae && value <= 0xff;
    }
}
