package org.gradus.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;

/**
 * Windows of a stream of tokens: what a language model learns from. The input of a sample is {@code
 * I64 [context]}, its target {@code I64 [context]}: the same stream one token later.
 */
public final class LanguageModelDataset implements Dataset {

    /** Where windows start. */
    private enum Windows {
        SIDE_BY_SIDE,
        RANDOM,
        STREAMS
    }

    private final int[] tokens;
    private final int context;
    private final Windows windows;
    private final String description;

    /** The number of streams; 1 unless the windows are of streams. */
    private final int streams;

    /** The number of random windows in an epoch; 0 for as many as lie side by side. */
    private final int drawn;

    private final long seed;
    private final int epoch;

    private LanguageModelDataset(
            int[] tokens,
            int context,
            Windows windows,
            String description,
            int streams,
            int drawn,
            long seed,
            int epoch) {
        this.tokens = tokens;
        this.context = context;
        this.windows = windows;
        this.description = description;
        this.streams = streams;
        this.drawn = drawn;
        this.seed = seed;
        this.epoch = epoch;
        if (context < 1) {
            throw new IllegalArgumentException(
                    description + ": windows have at least 1 token, not " + context);
        }
        if (streams < 1 || streamLength() < context) {
            throw new IllegalArgumentException(
                    description
                            + " has "
                            + tokens.length
                            + " tokens, too few for "
                            + streams
                            + (streams == 1 ? " window of " : " streams with windows of ")
                            + context
                            + " and a next token; give a longer text or a shorter context");
        }
    }

    /**
     * Returns windows that lie side by side and cover the stream, but for less than a window at its
     * end: each epoch shows each token once. What to measure on.
     *
     * @param tokens the stream, not copied
     * @param context the number of tokens in a window
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if the context is below 1 or the stream too short
     */
    public static LanguageModelDataset of(int[] tokens, int context, String description) {
        return new LanguageModelDataset(
                tokens, context, Windows.SIDE_BY_SIDE, description, 1, 0, 0, 0);
    }

    /**
     * Returns as many windows as lie side by side, but each anywhere in the stream and in each
     * epoch elsewhere, decided by a seed. What to learn from.
     *
     * @param tokens the stream, not copied
     * @param context the number of tokens in a window
     * @param seed decides, with the epoch and the sample's index, where a window starts
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if the context is below 1 or the stream too short
     */
    public static LanguageModelDataset random(
            int[] tokens, int context, long seed, String description) {
        return new LanguageModelDataset(
                tokens, context, Windows.RANDOM, description, 1, 0, seed, 0);
    }

    /**
     * Returns windows anywhere in the stream, in each epoch elsewhere, as many as asked for: where
     * a text is so long that a model is measured more often than once per pass, or so short that it
     * is measured less often.
     *
     * @param tokens the stream, not copied
     * @param context the number of tokens in a window
     * @param size the number of windows in an epoch
     * @param seed decides, with the epoch and the sample's index, where a window starts
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if a number is below 1 or the stream too short
     */
    public static LanguageModelDataset random(
            int[] tokens, int context, int size, long seed, String description) {
        if (size < 1) {
            throw new IllegalArgumentException(
                    description + ": an epoch has at least 1 window, not " + size);
        }
        return new LanguageModelDataset(
                tokens, context, Windows.RANDOM, description, 1, size, seed, 0);
    }

    /**
     * Returns windows for truncated backpropagation through time: the stream is cut into equal
     * parts, and row r of each batch goes on where row r of the batch before ended. Batches must be
     * of that many samples; the order is never shuffled ({@link #ordered}).
     *
     * @param tokens the stream, not copied
     * @param context the number of tokens in a window
     * @param streams the number of parts, which is the batch size
     * @param description what this is, in a few words
     * @throws IllegalArgumentException if a number is below 1 or the stream too short
     */
    public static LanguageModelDataset streams(
            int[] tokens, int context, int streams, String description) {
        return new LanguageModelDataset(
                tokens, context, Windows.STREAMS, description, streams, 0, 0, 0);
    }

    /**
     * Returns the number of windows: those asked for, those of all streams, or those that lie side
     * by side.
     */
    @Override
    public int size() {
        return drawn > 0 ? drawn : streamLength() / context * streams;
    }

    @Override
    public Sample get(int index) {
        int start = start(Objects.checkIndex(index, size()));
        return Sample.of(window(start), window(start + 1));
    }

    private int start(int index) {
        return switch (windows) {
            case SIDE_BY_SIDE -> index * context;
            case RANDOM -> Order.random(seed, epoch, index).nextInt(tokens.length - context);
            case STREAMS -> index % streams * streamLength() + index / streams * context;
        };
    }

    /** The tokens that a stream can take as inputs; the last token is only a target. */
    private int streamLength() {
        return Math.max(0, tokens.length - 1) / streams;
    }

    private HostArray window(int start) {
        long[] values = new long[context];
        for (int i = 0; i < context; i++) {
            values[i] = tokens[start + i];
        }
        return HostArray.of(values, Shape.of(context));
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public List<Shape> inputShapes() {
        return List.of(Shape.of(context));
    }

    @Override
    public Shape targetShape() {
        return Shape.of(context);
    }

    @Override
    public boolean ordered() {
        return windows == Windows.STREAMS;
    }

    @Override
    public Dataset atEpoch(int newEpoch) {
        return windows == Windows.RANDOM
                ? new LanguageModelDataset(
                        tokens, context, windows, description, streams, drawn, seed, newEpoch)
                : this;
    }

    /** Returns the largest token of the stream: a model needs one more. */
    public int largestToken() {
        return Arrays.stream(tokens).max().orElseThrow();
    }
}
