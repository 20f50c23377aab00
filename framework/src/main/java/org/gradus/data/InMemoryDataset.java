package org.gradus.data;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.gradus.dtype.HostMemory;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * A data set whose samples lie one after the other in memory, so that a batch is a few copies.
 * Images stay bytes here; {@link Normalize} makes floats of them when they are read.
 */
public final class InMemoryDataset implements Dataset {
    private final List<HostArray> inputs;
    private final HostArray targets;
    private final List<String> classes;
    private final String description;
    private final int size;

    /**
     * Makes a data set over arrays, which are not copied.
     *
     * @param inputs the inputs of all samples, {@code [samples, ...]} each
     * @param targets the targets of all samples, {@code [samples, ...]}
     * @param classes the names of the classes; empty when this is no classification
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if there is no input, or the numbers of samples differ
     */
    public InMemoryDataset(
            List<HostArray> inputs, HostArray targets, List<String> classes, String description) {
        this.inputs = List.copyOf(inputs);
        this.targets = targets;
        this.classes = List.copyOf(classes);
        this.description = description;
        if (this.inputs.isEmpty()) {
            throw new IllegalArgumentException(description + " needs at least one input");
        }
        this.size = rows(targets);
        for (HostArray input : this.inputs) {
            if (rows(input) != size) {
                throw new IllegalArgumentException(
                        description
                                + " has an input of "
                                + rows(input)
                                + " samples and a target of "
                                + size
                                + ": both need the same number");
            }
        }
    }

    /** Returns a data set of one input; see the constructor. */
    public static InMemoryDataset of(
            HostArray input, HostArray targets, List<String> classes, String description) {
        return new InMemoryDataset(List.of(input), targets, classes, description);
    }

    /**
     * Returns a data set with its samples read once and kept, such as one that decodes pictures
     * whenever it is asked. Samples are read by several threads.
     *
     * @param source samples of one input each, all of the same types and shapes
     * @throws DataException if a sample cannot be read
     */
    public static InMemoryDataset copyOf(Dataset source) {
        Sample first = source.get(0);
        HostArray inputs = rowsLike(first.input(), source.size());
        HostArray targets = rowsLike(first.target(), source.size());
        IntStream.range(0, source.size())
                .parallel()
                .forEach(
                        index -> {
                            Sample sample = source.get(index);
                            put(sample.input(), inputs, index);
                            put(sample.target(), targets, index);
                        });
        return of(inputs, targets, source.classes(), source.description());
    }

    private static HostArray rowsLike(HostArray row, int count) {
        return HostArray.zeros(row.dtype(), row.shape().insert(0, count));
    }

    private static void put(HostArray row, HostArray into, int index) {
        long bytes = row.data().byteSize();
        HostMemory.copy(row.data(), 0, into.data(), index * bytes, bytes);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Sample get(int index) {
        Objects.checkIndex(index, size);
        return new Sample(
                inputs.stream().map(input -> input.row(index)).toList(), targets.row(index));
    }

    @Override
    public Batch batch(int[] indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException("a batch needs at least one sample");
        }
        return new Batch(
                inputs.stream().map(input -> rows(input, indices)).toList(),
                rows(targets, indices),
                indices.length);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public List<Shape> inputShapes() {
        return inputs.stream().map(input -> input.shape().without(0)).toList();
    }

    @Override
    public Shape targetShape() {
        return targets.shape().without(0);
    }

    private int rows(HostArray array) {
        if (array.shape().rank() == 0) {
            throw new IllegalArgumentException(
                    description + " needs arrays with an axis of samples, not a scalar");
        }
        return array.shape().size(0);
    }

    /** Copies rows; the cost is that of reading and writing each once. */
    private static HostArray rows(HostArray array, int[] indices) {
        HostArray result = HostArray.zeros(array.dtype(), array.shape().with(0, indices.length));
        long bytes = result.data().byteSize() / indices.length;
        int rows = array.shape().size(0);
        for (int i = 0; i < indices.length; i++) {
            int index = Objects.checkIndex(indices[i], rows);
            HostMemory.copy(array.data(), index * bytes, result.data(), i * bytes, bytes);
        }
        return result;
    }
}
