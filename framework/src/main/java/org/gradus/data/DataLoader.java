package org.gradus.data;

import java.util.Arrays;

/**
 * Cuts a data set into batches, in an order that depends on nothing but the settings, the seed and
 * the epoch, and loads them ahead of their use on background threads.
 *
 * <p>Immutable: each setting returns a new loader. Defaults: in the data set's order, the last
 * smaller batch kept, two batches loaded ahead.
 *
 * <pre>{@code
 * var loader = DataLoader.of(dataset, 64).shuffled(seed);
 * try (var batches = loader.iterator(epoch)) {
 *     while (batches.hasNext()) {
 *         step(batches.next());
 *     }
 * }
 * }</pre>
 */
public final class DataLoader {
    private static final int DEFAULT_PREFETCH = 2;

    private final Dataset dataset;
    private final int batchSize;
    private final boolean shuffle;
    private final long seed;
    private final boolean dropLast;
    private final int prefetch;

    private DataLoader(
            Dataset dataset,
            int batchSize,
            boolean shuffle,
            long seed,
            boolean dropLast,
            int prefetch) {
        this.dataset = dataset;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.seed = seed;
        this.dropLast = dropLast;
        this.prefetch = prefetch;
    }

    /**
     * Returns a loader of batches of the given size.
     *
     * @throws IllegalArgumentException if the data set is empty, or the batch size is below 1 or
     *     above the number of samples
     */
    public static DataLoader of(Dataset dataset, int batchSize) {
        int size = dataset.size();
        if (size == 0) {
            throw new IllegalArgumentException(
                    dataset.description() + " is empty: give a data set with at least one sample");
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException(
                    "a batch has at least 1 sample, not " + batchSize + ": raise the batch size");
        }
        if (batchSize > size) {
            throw new IllegalArgumentException(
                    "a batch size of "
                            + batchSize
                            + " is more than the "
                            + size
                            + " samples of "
                            + dataset.description()
                            + ": lower the batch size");
        }
        return new DataLoader(dataset, batchSize, false, 0, false, DEFAULT_PREFETCH);
    }

    /**
     * Returns this loader with the samples in another order in each epoch, decided by the seed.
     * Sequences of different lengths ({@link Dataset#lengths}) are batched with others of about the
     * same length, in batches of random order. A data set that is {@link Dataset#ordered} stays in
     * its order.
     */
    public DataLoader shuffled(long newSeed) {
        return new DataLoader(dataset, batchSize, true, newSeed, dropLast, prefetch);
    }

    /** Returns this loader with or without the last batch of an epoch where it is smaller. */
    public DataLoader dropLast(boolean drop) {
        return new DataLoader(dataset, batchSize, shuffle, seed, drop, prefetch);
    }

    /**
     * Returns this loader with another number of batches loaded ahead of their use, each on a
     * thread of its own; 0 loads each when it is asked for. What comes out is the same for any
     * number.
     *
     * @throws IllegalArgumentException if the number is negative
     */
    public DataLoader prefetch(int batches) {
        if (batches < 0) {
            throw new IllegalArgumentException(
                    "the number of batches to load ahead is 0 or more, not " + batches);
        }
        return new DataLoader(dataset, batchSize, shuffle, seed, dropLast, batches);
    }

    /** Returns the data set. */
    public Dataset dataset() {
        return dataset;
    }

    /** Returns the number of samples in a batch; the last of an epoch may have fewer. */
    public int batchSize() {
        return batchSize;
    }

    /** Returns the number of batches in an epoch. */
    public int batchesPerEpoch() {
        int whole = dataset.size() / batchSize;
        return dropLast || whole * batchSize == dataset.size() ? whole : whole + 1;
    }

    /**
     * Returns the number of samples in an epoch: fewer than the data set has if any are dropped.
     */
    public int samplesPerEpoch() {
        return dropLast ? batchesPerEpoch() * batchSize : dataset.size();
    }

    /** Returns the batches of an epoch, counted from 0. */
    public BatchIterator iterator(int epoch) {
        return iterator(epoch, 0);
    }

    /**
     * Returns the batches of an epoch from some batch on: how an interrupted epoch is resumed. They
     * are the same as in an uninterrupted one.
     *
     * @param epoch the epoch, counted from 0
     * @param firstBatch the number of batches to leave out, at most {@link #batchesPerEpoch()}
     * @throws IllegalArgumentException if a number is negative or there are not so many batches
     */
    public BatchIterator iterator(int epoch, int firstBatch) {
        if (epoch < 0 || firstBatch < 0 || firstBatch > batchesPerEpoch()) {
            throw new IllegalArgumentException(
                    "there is no batch "
                            + firstBatch
                            + " in epoch "
                            + epoch
                            + ": epochs count from 0 and have "
                            + batchesPerEpoch()
                            + " batches");
        }
        int[] order = order(epoch);
        Dataset seen = dataset.atEpoch(epoch);
        return new BatchIterator(
                number -> seen.batch(indices(order, number)),
                firstBatch,
                batchesPerEpoch(),
                prefetch);
    }

    private int[] order(int epoch) {
        if (!shuffle || dataset.ordered()) {
            return Order.sequential(dataset.size());
        }
        int[] lengths = dataset.lengths();
        return lengths.length == 0
                ? Order.shuffled(dataset.size(), seed, epoch)
                : Order.bucketed(lengths, batchSize, seed, epoch);
    }

    private int[] indices(int[] order, int batch) {
        int start = batch * batchSize;
        return Arrays.copyOfRange(order, start, Math.min(start + batchSize, order.length));
    }
}
