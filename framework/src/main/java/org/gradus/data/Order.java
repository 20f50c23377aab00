package org.gradus.data;

import java.util.Random;

/**
 * Orders of samples that depend on nothing but seeds: {@link Random} is specified to the bit, so
 * they are the same on every machine and Java version.
 */
final class Order {
    private Order() {}

    /** Returns 0 to {@code size} - 1. */
    static int[] sequential(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        return order;
    }

    /** Returns 0 to {@code size} - 1 shuffled by a seed and a number, such as the epoch. */
    static int[] shuffled(int size, long seed, long number) {
        int[] order = sequential(size);
        Random random = random(seed, number, 0);
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** Returns a generator for a place, such as an epoch and an index, under a seed. */
    static Random random(long seed, long first, long second) {
        return new Random(mix(mix(mix(seed) + first) + second));
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014) on the next number of its sequence. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
