package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * A finite, indexed collection of samples, all of the same types and shapes; sequences may differ
 * in their number of steps.
 *
 * <p>A data set is read by several threads at once: {@link #get} and {@link #batch} must give the
 * same result whenever and wherever they are called.
 */
public interface Dataset {

    /** Returns the number of samples. */
    int size();

    /**
     * Returns a sample.
     *
     * @param index from 0 to {@link #size()} - 1
     * @throws IndexOutOfBoundsException if there is no such sample
     * @throws DataException if the sample is read from a file only now, and cannot be
     */
    Sample get(int index);

    /**
     * Returns the samples of the given indices, in that order, stacked.
     *
     * @throws IllegalArgumentException if no index is given
     */
    default Batch batch(int[] indices) {
        List<Sample> samples = new ArrayList<>(indices.length);
        for (int index : indices) {
            samples.add(get(index));
        }
        return Batch.of(samples);
    }

    /** Returns what this is, in a few words, as in {@code "Fashion-MNIST, training set"}. */
    String description();

    /** Returns the names of the classes by index; empty when this is no classification. */
    default List<String> classes() {
        return List.of();
    }

    /** Returns the shapes of a sample's inputs, without a batch axis. */
    default List<Shape> inputShapes() {
        return get(0).inputs().stream().map(HostArray::shape).toList();
    }

    /** Returns the shape of a sample's target, without a batch axis: rank 0 for a class index. */
    default Shape targetShape() {
        return get(0).target().shape();
    }

    /**
     * Returns the number of steps of each sample, where samples are sequences of different lengths:
     * a shuffling {@link DataLoader} then puts samples of similar lengths into a batch, so that
     * little of it is padding. Empty where all samples have one shape.
     */
    default int[] lengths() {
        return new int[0];
    }

    /**
     * Returns whether samples go on where earlier ones ended, so that they must be taken in order:
     * a {@link DataLoader} then never shuffles.
     */
    default boolean ordered() {
        return false;
    }

    /**
     * Returns this data set as it is seen in an epoch: random transforms draw anew in each, and
     * draw the same when an epoch is repeated. A data set without them returns itself.
     */
    default Dataset atEpoch(int epoch) {
        return this;
    }

    /**
     * Returns the samples of the given indices, in that order, as a data set.
     *
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    default Dataset subset(int... indices) {
        return new Subset(this, indices, description());
    }

    /**
     * Returns the first {@code count} samples as a data set.
     *
     * @throws IllegalArgumentException if there are not so many, or the count is below 1
     */
    default Dataset take(int count) {
        if (count < 1 || count > size()) {
            throw new IllegalArgumentException(
                    "cannot take "
                            + count
                            + " of the "
                            + size()
                            + " samples of "
                            + description()
                            + ": ask for 1 to "
                            + size());
        }
        return new Subset(this, Order.sequential(count), description() + ", first " + count);
    }

    /**
     * Returns this data set shuffled and cut in two.
     *
     * @param fraction the share of the samples that goes to the training part, above 0 and below 1;
     *     rounded to whole samples
     * @param seed decides the order: the same seed gives the same parts
     * @throws IllegalArgumentException if one part would be empty
     */
    default Split split(double fraction, long seed) {
        return Splitter.split(this, fraction, seed);
    }

    /**
     * Returns this data set shuffled and cut in two, so that each class is divided in the same
     * ratio (rounded to whole samples per class).
     *
     * @param fraction the share of each class that goes to the training part, above 0 and below 1
     * @param seed decides the order: the same seed gives the same parts
     * @throws IllegalArgumentException if one part would be empty or the samples have no classes
     */
    default Split stratifiedSplit(double fraction, long seed) {
        return Splitter.stratified(this, fraction, seed);
    }

    /** Returns this data set with a transform applied to each sample when it is read; seed 0. */
    default Dataset map(Transform transform) {
        return map(transform, 0);
    }

    /**
     * Returns this data set with a transform applied to each sample when it is read.
     *
     * @param seed decides, with the epoch and the sample's index, what a random transform draws
     */
    default Dataset map(Transform transform, long seed) {
        return new TransformedDataset(this, transform, seed, 0);
    }

    /**
     * Returns this data set with a random change of each batch when it is read.
     *
     * @param seed decides, with the epoch and the indices of the batch, what the change draws
     */
    default Dataset augmentBatches(BatchAugmentation augmentation, long seed) {
        return new AugmentedBatches(this, augmentation, seed, 0);
    }
}
