package org.gradus.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Pairs of sequences of tokens, of which a model makes the second from the first.
 *
 * <p>A batch has three inputs: the sources {@code I64 [batch, sourceSteps]}, their lengths {@code
 * I64 [batch]}, and what the decoder is given, {@code I64 [batch, targetSteps]}: a start token and
 * the target (teacher forcing). Its target is {@code I64 [batch, targetSteps]}: the target and an
 * end token. Sources and decoder inputs are padded with the padding token, targets with {@link
 * #IGNORED}, which {@code Loss.crossEntropy().withIgnoredLabel(SequencePairs.IGNORED)} leaves out.
 */
public final class SequencePairs implements Dataset {
    /** What targets are padded with: PyTorch's label that counts for nothing. */
    public static final int IGNORED = -100;

    private final List<int[]> sources;
    private final List<int[]> decoderInputs;
    private final List<int[]> targets;
    private final int padding;
    private final String description;

    /**
     * Makes a data set of pairs.
     *
     * @param sources the tokens of the first sequences; none counts as a single token of padding
     * @param targets the tokens of the second sequences, without start and end
     * @param tokens the special tokens
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if there is not the same number of both
     */
    public SequencePairs(
            List<int[]> sources, List<int[]> targets, SpecialTokens tokens, String description) {
        if (sources.size() != targets.size()) {
            throw new IllegalArgumentException(
                    description
                            + " has "
                            + sources.size()
                            + " sources and "
                            + targets.size()
                            + " targets: both need the same number");
        }
        this.padding = tokens.padding;
        this.sources =
                sources.stream()
                        .map(source -> Sequences.truncated(source, Integer.MAX_VALUE, padding))
                        .toList();
        this.decoderInputs = new ArrayList<>();
        this.targets = new ArrayList<>();
        for (int[] target : targets) {
            int[] decoderInput = new int[target.length + 1];
            int[] expected = new int[target.length + 1];
            System.arraycopy(target, 0, decoderInput, 1, target.length);
            System.arraycopy(target, 0, expected, 0, target.length);
            decoderInput[0] = tokens.start;
            expected[target.length] = tokens.end;
            this.decoderInputs.add(decoderInput);
            this.targets.add(expected);
        }
        this.description = description;
    }

    /**
     * The tokens that stand for no text.
     *
     * @param padding what shorter sequences end with
     * @param start what the decoder is given first
     * @param end what comes after the last token of a target
     */
    public record SpecialTokens(int padding, int start, int end) {}

    @Override
    public int size() {
        return sources.size();
    }

    @Override
    public Sample get(int index) {
        int[] source = sources.get(Objects.checkIndex(index, size()));
        return new Sample(
                List.of(
                        Sequences.array(source),
                        Sequences.scalar(source.length),
                        Sequences.array(decoderInputs.get(index))),
                Sequences.array(targets.get(index)));
    }

    @Override
    public Batch batch(int[] indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException("a batch needs at least one sample");
        }
        List<int[]> sourceRows = rows(sources, indices);
        return new Batch(
                List.of(
                        Sequences.padded(sourceRows, padding),
                        Sequences.lengths(sourceRows),
                        Sequences.padded(rows(decoderInputs, indices), padding)),
                Sequences.padded(rows(targets, indices), IGNORED),
                indices.length);
    }

    private static List<int[]> rows(List<int[]> sequences, int[] indices) {
        List<int[]> rows = new ArrayList<>();
        for (int index : indices) {
            rows.add(sequences.get(Objects.checkIndex(index, sequences.size())));
        }
        return rows;
    }

    @Override
    public String description() {
        return description;
    }

    /** Returns the lengths of both sequences together, which is what a pair costs. */
    @Override
    public int[] lengths() {
        int[] lengths = new int[size()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = sources.get(i).length + targets.get(i).length;
        }
        return lengths;
    }
}
