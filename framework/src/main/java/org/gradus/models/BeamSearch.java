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

    /** A continuation by one token. */
    private record Step(int beam, int token, double logProbability) {}

    /**
     * Returns the continuations that were found, the best first: ended ones, and if those are fewer
     * than beams, also open ones of full length.
     *
     * @param model reads the prompt and what follows; it should not have read before
     * @param prompt {@code [1, steps]}, {@code I64}
     */
    public List<Hypothesis> search(Continuation model, Tensor prompt) {
        List<Hypothesis> ended = new ArrayList<>();
        List<long[]> open = List.of(new long[0]);
        double[] scores = {0};
        Tensor next = prompt;
        for (int length = 1; length <= tokens; length++) {
            List<Step> best;
            try (var _ = Scope.open()) {
                best = best(model.read(next).logSoftmax(1).toHost(), scores);
            }
            List<Step> followed = new ArrayList<>();
            for (Step step : best) {
                if (step.token() == end) {
                    ended.add(hypothesis(open.get(step.beam()), step.logProbability(), length));
                } else if (followed.size() < beams) {
                    followed.add(step);
                }
            }
            ended.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
            open = extended(open, followed);
            scores = followed.stream().mapToDouble(Step::logProbability).toArray();
            if (followed.isEmpty() || cannotImprove(ended, scores[0])) {
                return ended.subList(0, Math.min(beams, ended.size()));
            }
            if (length < tokens) {
                next = moveOn(model, followed, prompt);
            }
        }
        for (int i = 0; i < open.size() && ended.size() < beams; i++) {
            ended.add(hypothesis(open.get(i), scores[i], tokens));
        }
        ended.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        return ended.subList(0, Math.min(beams, ended.size()));
    }

    /** Returns the likeliest steps: enough that as many as beams are left if some end. */
    private List<Step> best(HostArray logProbabilities, double[] scores) {
        int vocabulary = logProbabilities.shape().size(1);
        List<Step> steps = new ArrayList<>();
        for (int beam = 0; beam < scores.length; beam++) {
            for (int token = 0; token < vocabulary; token++) {
                double step = logProbabilities.get((long) beam * vocabulary + token);
                steps.add(new Step(beam, token, scores[beam] + step));
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

    /** Log-probabilities only fall; the length penalty lifts them most at the full length. */
    private boolean cannotImprove(List<Hypothesis> ended, double bestOpen) {
        return ended.size() >= beams && ended.get(beams - 1).score() >= score(bestOpen, tokens);
    }

    private static List<long[]> extended(List<long[]> open, List<Step> steps) {
        List<long[]> result = new ArrayList<>();
        for (Step step : steps) {
            long[] before = open.get(step.beam());
            long[] after = Arrays.copyOf(before, before.length + 1);
            after[before.length] = step.token();
            result.add(after);
        }
        return result;
    }

    /** Has the model follow the chosen beams; returns their last tokens. */
    private static Tensor moveOn(Continuation model, List<Step> steps, Tensor like) {
        try (var _ = Scope.open()) {
            long[] rows = steps.stream().mapToLong(Step::beam).toArray();
            model.select(Tensor.of(HostArray.of(rows, Shape.of(rows.length)), like.device()));
        }
        long[] tokens = steps.stream().mapToLong(Step::token).toArray();
        return TextGeneration.column(tokens, like.device());
    }
}
