package org.gradus.nn;

import java.util.Arrays;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Tensor;

/**
 * A vector for each of a number of tokens: indices {@code [...]}, {@code I64}, to {@code [...,
 * size]}. Parameter: {@code weight [count, size]}, of the standard normal distribution at first.
 */
public final class Embedding extends Layer {
    private static final int NO_PADDING = -1;

    private final int count;
    private final int size;
    private final int padding;
    private final Parameter weight;

    /** Creates {@code count} vectors of the given size. */
    public Embedding(int count, int size) {
        this(count, size, NO_PADDING);
    }

    private Embedding(int count, int size, int padding) {
        this.count = Arguments.positive("Embedding", "count", count);
        this.size = Arguments.positive("Embedding", "size", size);
        this.padding = padding;
        Initializer normal = Initializer.normal(1);
        weight =
                parameter(
                        "weight",
                        Shape.of(count, size),
                        padding == NO_PADDING ? normal : withZeroRow(normal, padding));
    }

    /**
     * Returns a layer like this one in which an index stands for padding: its vector is 0 at first
     * and is not learned.
     */
    public Embedding paddingIndex(int index) {
        requireUnused();
        if (index < 0 || index >= count) {
            throw new IllegalArgumentException(
                    "Embedding: the padding index %d is not below %d".formatted(index, count));
        }
        return new Embedding(count, size, index);
    }

    private static Initializer withZeroRow(Initializer initializer, int row) {
        return (shape, generator, device) -> {
            Tensor values = initializer.create(shape, generator, device);
            float[] kept = new float[shape.size(0)];
            Arrays.fill(kept, 1);
            kept[row] = 0;
            return values.mul(Tensor.of(HostArray.of(kept, Shape.of(kept.length, 1)), device));
        };
    }

    /** Returns {@code [count, size]}. */
    public Parameter weight() {
        return weight;
    }

    @Override
    protected Tensor forward(Tensor indices) {
        Tensor vectors = weight.value().indexSelect(0, indices);
        if (padding == NO_PADDING) {
            return vectors;
        }
        return indices.eq(padding).unsqueeze(-1).where(vectors.detach(), vectors);
    }

    @Override
    public String toString() {
        return "Embedding(" + count + ", " + size + ")";
    }
}
