package org.gradus.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.gradus.tensor.Scope;
import org.gradus.tensor.Tensor;

/**
 * Searches for a likely continuation: of all continuations by one more token, the {@code beams}
 * likeliest are followed up. Continuations are compared by their log-probability divided by {@code
 * length^lengthPenalty}, where the length counts the end token. The search ends when no open
 * continuation can become better than the worst of as many ended ones.
 *
 * @param beams how many continuations are followed
 * @param tokens how long they are at most
 * @param end the token that ends a sequence
 * @param lengthPenalty 0 compares probabilities alone, which favours short continuations; 1 the
 *     mean of log-probabilities
 */
public record BeamSearch(int beams, int tokens, long end, double lengthPenalty) {
    /** Checks the settings. */
    public BeamSearch {
        if (beams < 1 || tokens < 1 || !(lengthPenalty >= 0)) {
            throw new IllegalArgumentException(
                    ("BeamSearch: %d beams, %d tokens and the length penalty %s: they must be at"
                                    + " least 1, 1 and 0")
                            .formatted(beams, tokens, lengthPenalty));
        }
    }

    /**
     * A continuation.
     *
     * @param tokens without the end token
     * @param logProbability of the tokens, and of the end if it was reached
     * @param score by which continuations are compared
     */
    public record Hypothesis(long[] tokens, double logProbability, double score) {}

    /** The continuation of a sequence, which is a row of the model's, by one token. */
    private record Step(int row, int token, double logProbability) {}

    /**
     * Returns the continuations that were found, the best first: ended ones, and if those are fewer
     * than beams, also open ones of full length.
     *
     * @param model reads the prompt and what follows; it should not have read before
     * @param prompt {@code [1, steps]}, {@code I64}
     */
    public List<Hypothesis> search(Continuation model, Tensor prompt) {
        return searchAll(model, prompt).getFirst();
    }

    /**
     * Searches for the continuations of several prompts together, with the beams of all of them as
     * the sequences of the model: the same as one search after the other, but for rounding, in far
     * fewer calls of the model. A prompt whose search has ended takes no more part.
     *
     * @param model reads the prompts and what follows; it should not have read before
     * @param prompts {@code [prompts, steps]}, {@code I64}
     * @return for each prompt what {@link #search} returns
     */
    public List<List<Hypothesis>> searchAll(Continuation model, Tensor prompts) {
        List<Search> all = new ArrayList<>();
        for (int i = 0; i < prompts.size(0); i++) {
            all.add(new Search());
        }
        List<Search> open = all;
        Tensor next = prompts;
        for (int length = 1; length <= tokens && !open.isEmpty(); length++) {
            HostArray logProbabilities;
            try (var _ = Scope.open()) {
                logProbabilities = model.read(next).logSoftmax(1).toHost();
            }
            List<Search> stillOpen = new ArrayList<>();
            List<Step> followed = new ArrayList<>();
            int row = 0;
            for (Search search : open) {
                int rows = search.scores.length;
                if (search.advance(logProbabilities, row, length)) {
                    stillOpen.add(search);
                    followed.addAll(search.followed);
                }
                row += rows;
            }
            open = stillOpen;
            if (length < tokens && !open.isEmpty()) {
                next = moveOn(model, followed, prompts);
            }
        }
        return all.stream().map(Search::found).toList();
    }

    /** The search for the continuations of one prompt. */
    private final class Search {
        private final List<Hypothesis> ended = new ArrayList<>();
        private List<long[]> open = List.of(new long[0]);
        private double[] scores = {0};
        private List<Step> followed = List.of();

        /**
         * Takes in the probabilities of the next tokens.
         *
         * @param logProbabilities {@code [rows, vocabulary]}, of this search from a first row on
         * @return whether the search goes on
         */
        boolean advance(HostArray logProbabilities, int firstRow, int length) {
            List<Step> best = best(logProbabilities, firstRow, scores);
            followed = new ArrayList<>();
            List<long[]> extended = new ArrayList<>();
            for (Step step : best) {
                long[] before = open.get(step.row() - firstRow);
                if (step.token() == end) {
                    ended.add(hypothesis(before, step.logProbability(), length));
                } else if (followed.size() < beams) {
                    followed.add(step);
                    long[] after = Arrays.copyOf(before, before.length + 1);
                    after[before.length] = step.token();
                    extended.add(after);
                }
            }
            ended.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
            open = extended;
            scores = followed.stream().mapToDouble(Step::logProbability).toArray();
            if (followed.isEmpty() || cannotImprove()) {
                open = List.of();
                return false;
            }
            return true;
        }

        /** Log-probabilities only fall; the length penalty lifts them most at the full length. */
        private boolean cannotImprove() {
            return ended.size() >= beams
                    && ended.get(beams - 1).score() >= score(scores[0], tokens);
        }

        List<Hypothesis> found() {
            List<Hypothesis> found = new ArrayList<>(ended);
            for (int i = 0; i < open.size() && found.size() < beams; i++) {
                found.add(hypothesis(open.get(i), scores[i], tokens));
            }
            found.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
            return found.subList(0, Math.min(beams, found.size()));
        }
    }

    /** Returns the likeliest steps: enough that as many as beams are left if some end. */
    private List<Step> best(HostArray logProbabilities, int firstRow, double[] scores) {
        int vocabulary = logProbabilities.shape().size(1);
        List<Step> steps = new ArrayList<>();
        for (int beam = 0; beam < scores.length; beam++) {
            int row = firstRow + beam;
            for (int token = 0; token < vocabulary; token++) {
                double step = logProbabilities.get((long) row * vocabulary + token);
                steps.add(new Step(row, token, scores[beam] + step));
            }
        }
        // stable: at equal probabilities the first beam and the lower token come first
        steps.sort(Comparator.comparingDouble(Step::logProbability).reversed());
        return steps.subList(0, Math.min(2 * beams, steps.size()));
    }

    private Hypothesis hypothesis(long[] tokens, double logProbability, int length) {
        return new Hypothesis(tokens, logProbability, score(logProbability, length));
    }

    private double score(double logProbability, int length) {
        return logProbability / Math.pow(length, lengthPenalty);
    }

    /** Has the model follow the chosen beams; returns their last tokens. */
    private static Tensor moveOn(Continuation model, List<Step> steps, Tensor like) {
        try (var _ = Scope.open()) {
            long[] rows = steps.stream().mapToLong(Step::row).toArray();
            model.select(Tensor.of(HostArray.of(rows, Shape.of(rows.length)), like.device()));
        }
        long[] tokens = steps.stream().mapToLong(Step::token).toArray();
        return TextGeneration.column(tokens, like.device());
    }
}
