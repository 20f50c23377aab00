package org.gradus.cpu.pointwise;

/**
 * The counter-based random generator Philox4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror and D.
 * E. Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011): ten rounds turn a counter of
 * four words and a key of two into four random words.
 */
class Philox {
    static final long MULTIPLIER_0 = 0xD2511F53L;
    static final long MULTIPLIER_1 = 0xCD9E8D57L;
    static final int KEY_STEP_0 = 0x9E3779B9;
    static final int KEY_STEP_1 = 0xBB67AE85;
    static final int ROUNDS = 10;
    static final long WORD = 0xffffffffL;

    Philox() {}

    /** Returns the generator for this JVM; all give the same bits. */
    static Philox create() {
        return new WarmingPhilox();
    }

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

    /** Computes {@link org.gradus.expr.Op#RANDOM_BITS} for {@code n} elements. */
    final void bits(int[] to, long[] keys, long[] counters, int n) {
        int done = 0;
        if (isRun(keys, counters, n)) {
            // up to the first whole block one by one, then whole blocks
            int head = Math.min(n, (int) (-counters[0] & 3));
            each(to, keys, counters, 0, head);
            int blocks = (n - head) / 4;
            if (blocks > 0) {
                blocks(to, head, counters[head] >>> 2, blocks, keys[0]);
            }
            done = head + 4 * blocks;
        }
        each(to, keys, counters, done, n);
    }

    /** Whether all have one key and counters that follow each other within unsigned numbers. */
    private static boolean isRun(long[] keys, long[] counters, int n) {
        long key = keys[0];
        long base = counters[0];
        long difference = 0;
        for (int i = 0; i < n; i++) {
            difference |= counters[i] - base - i | keys[i] ^ key;
        }
        return difference == 0 && Long.compareUnsigned(base, base + n) < 0;
    }

    private static void each(int[] to, long[] keys, long[] counters, int first, int end) {
        int[] words = new int[4];
        for (int i = first; i < end; i++) {
            long block = counters[i] >>> 2;
            words[0] = (int) block;
            words[1] = (int) (block >>> 32);
            words[2] = 0;
            words[3] = 0;
            block(words, (int) keys[i], (int) (keys[i] >>> 32));
            to[i] = words[(int) counters[i] & 3];
        }
    }

    /** Stores the words of {@code count} blocks that follow each other, from {@code at} on. */
    void blocks(int[] to, int at, long first, int count, long key) {
        int[] words = new int[4];
        for (int i = 0; i < count; i++) {
            long block = first + i;
            words[0] = (int) block;
            words[1] = (int) (block >>> 32);
            words[2] = 0;
            words[3] = 0;
            block(words, (int) key, (int) (key >>> 32));
            System.arraycopy(words, 0, to, at + 4 * i, 4);
        }
    }
}
