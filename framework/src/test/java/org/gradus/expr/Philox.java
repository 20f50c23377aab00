package org.gradus.expr;

/**
 * The random generator Philox4x32-10 in plain Java: Salmon et al., Parallel Random Numbers: As Easy
 * as 1, 2, 3 (2011).
 */
final class Philox {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;

    private Philox() {}

    /** Returns the word that {@link Op#RANDOM_BITS} gives. */
    static int word(long key, long counter) {
        long block = counter >>> 2;
        int[] counters = {(int) block, (int) (block >>> 32), 0, 0};
        return block(counters, new int[] {(int) key, (int) (key >>> 32)})[(int) (counter & 3)];
    }

    /** Returns the four words for four counter words and two key words. */
    static int[] block(int[] counter, int[] key) {
        int[] x = counter.clone();
        int k0 = key[0];
        int k1 = key[1];
        for (int round = 0; round < 10; round++) {
            long p0 = MULTIPLIER_0 * Integer.toUnsignedLong(x[0]);
            long p1 = MULTIPLIER_1 * Integer.toUnsignedLong(x[2]);
            int high0 = (int) (p0 >>> 32);
            int high1 = (int) (p1 >>> 32);
            x = new int[] {high1 ^ x[1] ^ k0, (int) p1, high0 ^ x[3] ^ k1, (int) p0};
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return x;
    }
}
