package org.gradus.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;

/**
 * Orders of samples that depend on nothing but seeds: {@link Random} is specified to the bit, so
 * they are the same on every machine and Java version.
 */
final class Order {
    /** More give batches less padding, fewer give an order that is more random. */
    private static final int BATCHES_PER_BUCKET = 50;

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

    /**
     * Returns an order in which each batch has samples of similar lengths: shuffled, cut into
     * buckets of some batches, each sorted by length, and the batches shuffled. A smaller batch
     * stays the last.
     */
    static int[] bucketed(int[] lengths, int batchSize, long seed, long number) {
        int size = lengths.length;
        int[] order = shuffled(size, seed, number);
        int bucket = (int) Math.min((long) batchSize * BATCHES_PER_BUCKET, Math.max(size, 1));
        for (int start = 0; start < size; start += bucket) {
            int end = Math.min(start + bucket, size);
            int[] sorted =
                    Arrays.stream(order, start, end)
                            .boxed()
                            .sorted(Comparator.comparingInt(index -> lengths[index]))
                            .mapToInt(Integer::intValue)
                            .toArray();
            System.arraycopy(sorted, 0, order, start, sorted.length);
        }
        int[] result = order.clone();
        int[] batches = shuffled(size / batchSize, ~seed, number);
        for (int i = 0; i < batches.length; i++) {
            System.arraycopy(order, batches[i] * batchSize, result, i * batchSize, batchSize);
        }
        return result;
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
