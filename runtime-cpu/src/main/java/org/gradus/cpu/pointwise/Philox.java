package org.gradus.cpu.pointwise;

/**
 * The counter-based random generator Philox4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror and D.
 * E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011): ten rounds turn a counter of
 * four words and a key of two into four random words.
 */
final class Philox {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int KEY_STEP_0 = 0x9E3779B9;
    private static final int KEY_STEP_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final long WORD = 0xffffffffL;

    private Philox() {}

    /** Replaces the counter in {@code words} by the four random words that belong to it. */
    static void block(int[] words, int key0, int key1) {
        int c0 = words[0];
        int c1 = words[1];
        int c2 = words[2];
        int c3 = words[3];
        int k0 = key0;
        int k1 = key1;
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & WORD);
            long product1 = MULTIPLIER_1 * (c2 & WORD);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += KEY_STEP_0;
            k1 += KEY_STEP_1;
        }
        words[0] = c0;
        words[1] = c1;
        words[2] = c2;
        words[3] = c3;
    }

    /**
     * Computes {@link org.gradus.expr.Op#RANDOM_BITS} for {@code n} elements. Neighbours whose
     * counters fall into one block share its computation.
     */
    static void bits(
            int[] to, int at, long[] keys, int keyAt, long[] counters, int counterAt, int n) {
        int[] words = new int[4];
        long knownBlock = 0;
        long knownKey = 0;
        boolean known = false;
        for (int i = 0; i < n; i++) {
            long key = keys[keyAt + i];
            long counter = counters[counterAt + i];
            long block = counter >>> 2;
            if (!known || block != knownBlock || key != knownKey) {
                words[0] = (int) block;
                words[1] = (int) (block >>> 32);
                words[2] = 0;
                words[3] = 0;
                block(words, (int) key, (int) (key >>> 32));
                known = true;
                knownBlock = block;
                knownKey = key;
            }
            to[at + i] = words[(int) counter & 3];
        }
    }
}
