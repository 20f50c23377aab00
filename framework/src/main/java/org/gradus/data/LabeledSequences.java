package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.gradus.shape.Shape;

/**
 * Sequences of tokens of different lengths, each with a class.
 *
 * <p>A sample's inputs are its tokens {@code I64 [steps]} and their number, an {@code I64} scalar;
 * its target is the class, an {@code I64} scalar. In a batch the inputs are {@code I64 [batch,
 * steps]}, padded to the longest of the batch, and {@code I64 [batch]}.
 */
public final class LabeledSequences implements Dataset {
    private final List<int[]> sequences;
    private final int[] labels;
    private final List<String> classes;
    private final int padding;
    private final String description;

    /**
     * Makes a data set of sequences.
     *
     * @param sequences the tokens of each; none counts as a single token of padding
     * @param labels the class of each by index
     * @param classes the names of the classes
     * @param padding the token that shorter sequences end with
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if the numbers of sequences and labels differ or a label has
     *     no class
     */
    public LabeledSequences(
            List<int[]> sequences,
            int[] labels,
            List<String> classes,
            int padding,
            String description) {
        this.sequences =
                sequences.stream()
                        .map(tokens -> Sequences.truncated(tokens, Integer.MAX_VALUE, padding))
                        .toList();
        this.labels = labels.clone();
        this.classes = List.copyOf(classes);
        this.padding = padding;
        this.description = description;
        if (labels.length != sequences.size()) {
            throw new IllegalArgumentException(
                    description
                            + " has "
                            + sequences.size()
                            + " sequences and "
                            + labels.length
                            + " labels: both need the same number");
        }
        for (int label : labels) {
            if (label < 0 || label >= classes.size()) {
                throw new IllegalArgumentException(
                        description
                                + " has the label "
                                + label
                                + ", but labels are 0 to "
                                + (classes.size() - 1));
            }
        }
    }

    @Override
    public int size() {
        return sequences.size();
    }

    @Override
    public Sample get(int index) {
        int[] tokens = sequences.get(Objects.checkIndex(index, size()));
        return new Sample(
                List.of(Sequences.array(tokens), Sequences.scalar(tokens.length)),
                Sequences.scalar(labels[index]));
    }

    @Override
    public Batch batch(int[] indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException("a batch needs at least one sample");
        }
        List<int[]> rows = new ArrayList<>();
        int[] targets = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            rows.add(sequences.get(Objects.checkIndex(indices[i], size())));
            targets[i] = labels[indices[i]];
        }
        return new Batch(
                List.of(Sequences.padded(rows, padding), Sequences.lengths(rows)),
                Sequences.array(targets),
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
    public Shape targetShape() {
        return Shape.scalar();
    }

    @Override
    public int[] lengths() {
        return sequences.stream().mapToInt(tokens -> tokens.length).toArray();
    }
}
