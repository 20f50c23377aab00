package org.gradus.data;

import java.util.Arrays;
import java.util.List;

/** A data set whose batches pass through a random change when they are read. */
final class AugmentedBatches implements Dataset {
    private final Dataset source;
    private final BatchAugmentation augmentation;
    private final long seed;
    private final int epoch;

    AugmentedBatches(Dataset source, BatchAugmentation augmentation, long seed, int epoch) {
        this.source = source;
        this.augmentation = augmentation;
        this.seed = seed;
        this.epoch = epoch;
    }

    @Override
    public int size() {
        return source.size();
    }

    /** Returns a batch of one, so that the target has the form that it has in all batches. */
    @Override
    public Sample get(int index) {
        Batch alone = batch(new int[] {index});
        return new Sample(
                alone.inputs().stream().map(input -> input.row(0)).toList(), alone.target().row(0));
    }

    @Override
    public Batch batch(int[] indices) {
        // the samples of a batch decide what it draws: the same in any order of loading
        return augmentation.apply(
                source.batch(indices), Order.random(seed, epoch, Arrays.hashCode(indices)));
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public List<String> classes() {
        return source.classes();
    }

    @Override
    public Dataset atEpoch(int newEpoch) {
        return new AugmentedBatches(source.atEpoch(newEpoch), augmentation, seed, newEpoch);
    }
}
