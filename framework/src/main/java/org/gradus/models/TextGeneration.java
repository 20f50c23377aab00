package org.gradus.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.gradus.data.text.Tokenizer;
import org.gradus.device.Device;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Continues sequences token by token, each drawn by a {@link Sampler} and read by the model in its
 * turn.
 *
 * <pre>{@code
 * var generation = TextGeneration.of(100).withSampler(Sampler.ofTemperature(0.8).withTopK(40));
 * try (var reading = model.continuation()) {
 *     List<long[]> texts = generation.generate(reading, prompts, new Generator(seed));
 * }
 * String text = generation.generate(model, tokenizer, "In the beginning ", new Generator(seed));
 * }</pre>
 *
 * @param sampler chooses tokens
 * @param tokens how many are generated at most
 * @param end the token that ends a sequence; empty if none does
 */
public record TextGeneration(Sampler sampler, int tokens, OptionalLong end) {
    /** Returns a generation of the likeliest tokens, as many as asked for. */
    public static TextGeneration of(int tokens) {
        return new TextGeneration(Sampler.GREEDY, tokens, OptionalLong.empty());
    }

    /** Returns this generation with another choice of tokens. */
    public TextGeneration withSampler(Sampler other) {
        return new TextGeneration(other, tokens, end);
    }

    /** Returns this generation with a token that ends a sequence. */
    public TextGeneration withEnd(long token) {
        return new TextGeneration(sampler, tokens, OptionalLong.of(token));
    }

    /**
     * Returns what follows each prompt.
     *
     * @param model reads the prompts and all tokens but the last; it should not have read before
     * @param prompts {@code [sequences, steps]}, {@code I64}
     * @param generator the same state gives the same tokens
     * @return for each prompt its tokens, without the one that ended it
     */
    public List<long[]> generate(Continuation model, Tensor prompts, Generator generator) {
        int count = prompts.size(0);
        long[][] results = new long[count][tokens];
        int[] lengths = new int[count];
        boolean[] ended = new boolean[count];
        long[] last = null;
        for (int step = 0; step < tokens && !all(ended); step++) {
            try (var _ = Scope.open()) {
                Tensor next = last == null ? prompts : column(last, prompts.device());
                last = sampler.draw(model.read(next), generator);
            }
            for (int row = 0; row < count; row++) {
                ended[row] |= end.isPresent() && last[row] == end.getAsLong();
                if (!ended[row]) {
                    results[row][lengths[row]++] = last[row];
                }
            }
        }
        List<long[]> all = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            all.add(Arrays.copyOf(results[row], lengths[row]));
        }
        return all;
    }

    private static boolean all(boolean[] flags) {
        for (boolean flag : flags) {
            if (!flag) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns a text and what follows it by a model. After an empty text follows what begins a
     * line.
     *
     * @param tokenizer that the model was trained with
     * @throws IllegalArgumentException if a part of the text has no token
     */
    public String generate(
            LanguageModel model, Tokenizer tokenizer, String text, Generator generator) {
        int[] known = tokenizer.encode(text);
        int[] read = known.length == 0 ? beginning(tokenizer) : known;
        long[] first = Arrays.stream(read).asLongStream().toArray();
        try (var _ = Scope.open();
                Continuation reading = model.continuation()) {
            Tensor prompt =
                    Tensor.of(HostArray.of(first, Shape.of(1, first.length)), model.device());
            long[] next = generate(reading, prompt, generator).getFirst();
            return tokenizer.decode(
                    IntStream.concat(
                                    Arrays.stream(known),
                                    Arrays.stream(next).mapToInt(Math::toIntExact))
                            .toArray());
        }
    }

    /** A model reads something before it says something: a new line, if its text had lines. */
    private static int[] beginning(Tokenizer tokenizer) {
        try {
            return tokenizer.encode("\n");
        } catch (IllegalArgumentException _) {
            return new int[] {0};
        }
    }

    /** Returns one token for each sequence, {@code [sequences, 1]}. */
    static Tensor column(long[] tokens, Device device) {
        return Tensor.of(HostArray.of(tokens, Shape.of(tokens.length, 1)), device);
    }
}
