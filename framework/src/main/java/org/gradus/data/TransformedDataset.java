package org.gradus.data;

import java.util.List;

/** A data set whose samples pass through a transform when they are read. */
final class TransformedDataset implements Dataset {
    private final Dataset source;
    private final Transform transform;
    private final long seed;
    private final int epoch;

    TransformedDataset(Dataset source, Transform transform, long seed, int epoch) {
        this.source = source;
        this.transform = transform;
        this.seed = seed;
        this.epoch = epoch;
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public Sample get(int index) {
        return transform.apply(source.get(index), Order.random(seed, epoch, index));
    }

    @Override
    public Batch batch(int[] indices) {
        if (transform instanceof BatchTransform whole) {
            return whole.apply(source.batch(indices));
        }
        return Dataset.super.batch(indices);
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
    public int[] lengths() {
        return source.lengths();
    }

    @Override
    public boolean ordered() {
        return source.ordered();
    }

    @Override
    public Dataset atEpoch(int newEpoch) {
        return new TransformedDataset(source.atEpoch(newEpoch), transform, seed, newEpoch);
    }
}
