package org.gradus.data;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.gradus.shape.Shape;

/** Some samples of another data set, in an order of their own. */
final class Subset implements Dataset {
    private final Dataset source;
    private final int[] indices;
    private final String description;

    Subset(Dataset source, int[] indices, String description) {
        for (int index : indices) {
            Objects.checkIndex(index, source.size());
        }
        this.source = source;
        this.indices = indices.clone();
        this.description = description;
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Sample get(int index) {
        return source.get(indices[Objects.checkIndex(index, indices.length)]);
    }

    @Override
    public Batch batch(int[] wanted) {
        int[] mapped = new int[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            mapped[i] = indices[Objects.checkIndex(wanted[i], indices.length)];
        }
        return source.batch(mapped);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public List<String> classes() {
        return source.classes();
    }

    @Override
    public List<Shape> inputShapes() {
        return source.inputShapes();
    }

    @Override
    public Shape targetShape() {
        return source.targetShape();
    }

    @Override
    public int[] lengths() {
        int[] all = source.lengths();
        return all.length == 0 ? all : IntStream.of(indices).map(index -> all[index]).toArray();
    }

    @Override
    public boolean ordered() {
        return source.ordered();
    }

    @Override
    public Dataset atEpoch(int epoch) {
        Dataset seen = source.atEpoch(epoch);
        return seen == source ? this : new Subset(seen, indices, description);
    }
}
