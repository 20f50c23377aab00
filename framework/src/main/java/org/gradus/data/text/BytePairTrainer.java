package org.gradus.data.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Finds the merges of byte pair encoding in a text. Works on the distinct pieces of the text and
 * updates only the counts of pairs near a merge, so that the time grows with the number of distinct
 * pieces rather than with the text.
 */
final class BytePairTrainer {
    private static final int BYTES = 256;

    /** A piece of the text: its tokens so far, and how often it is there. */
    private static final class Piece {
        private int[] tokens;
        private final long count;

        Piece(int[] tokens, long count) {
            this.tokens = tokens;
            this.count = count;
        }
    }

    /** How often a pair was there when it was last looked at. */
    private record Candidate(long pair, long count) {
        static final Comparator<Candidate> ORDER =
                Comparator.comparingLong(Candidate::count)
                        .reversed()
                        .thenComparingLong(Candidate::pair);
    }

    /** Where a pair is, by index of the piece (some maybe no longer), and how often in all. */
    private static final class Occurrences {
        private final List<Integer> pieces = new ArrayList<>();
        private long count;

        void add(int piece, long times) {
            count += times;
            if (times > 0 && (pieces.isEmpty() || pieces.getLast() != piece)) {
                pieces.add(piece);
            }
        }
    }

    private final PreTokenizer preTokenizer;
    private final int minimumCount;
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<Long, Occurrences> pairs = new HashMap<>();

    BytePairTrainer(PreTokenizer preTokenizer, int minimumCount) {
        if (minimumCount < 1) {
            throw new IllegalArgumentException(
                    "pairs that are merged have a minimum count of 1 or more, not " + minimumCount);
        }
        this.preTokenizer = preTokenizer;
        this.minimumCount = minimumCount;
    }

    BytePairModel train(String text, int size, List<String> special) {
        if (size < BYTES + special.size()) {
            throw new IllegalArgumentException(
                    "a byte-level tokenizer has at least "
                            + (BYTES + special.size())
                            + " tokens (the bytes and the special ones), not "
                            + size);
        }
        List<String> tokens = new ArrayList<>(special);
        List<BytePairModel.Added> added = new ArrayList<>();
        for (String token : special) {
            if (token.isEmpty() || special.indexOf(token) < added.size()) {
                throw new IllegalArgumentException(
                        "special tokens must be distinct and not empty, unlike \"" + token + "\"");
            }
            added.add(new BytePairModel.Added(added.size(), token, true));
        }
        char[] letters = ByteLevel.letters();
        char[] sorted = letters.clone();
        Arrays.sort(sorted);
        for (char letter : sorted) {
            tokens.add(String.valueOf(letter));
        }
        int[] byteTokens = new int[BYTES];
        for (int value = 0; value < BYTES; value++) {
            byteTokens[value] = special.size() + Arrays.binarySearch(sorted, letters[value]);
        }
        cut(text, byteTokens);
        List<BytePairModel.Merge> merges = merge(tokens, size);
        return new BytePairModel(tokens, merges, added, preTokenizer, false);
    }

    private void cut(String text, int[] byteTokens) {
        Map<String, Long> counts = new LinkedHashMap<>();
        preTokenizer.cut(text, piece -> counts.merge(piece, 1L, Long::sum));
        counts.forEach(
                (piece, count) -> {
                    byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
                    int[] tokens = new int[utf8.length];
                    for (int i = 0; i < tokens.length; i++) {
                        tokens[i] = byteTokens[utf8[i] & 0xff];
                    }
                    for (int i = 0; i + 1 < tokens.length; i++) {
                        count(tokens[i], tokens[i + 1], pieces.size(), count);
                    }
                    pieces.add(new Piece(tokens, count));
                });
    }

    private void count(int left, int right, int piece, long times) {
        pairs.computeIfAbsent(BytePairMerges.pair(left, right), _ -> new Occurrences())
                .add(piece, times);
    }

    private List<BytePairModel.Merge> merge(List<String> tokens, int size) {
        Map<String, Integer> numbers = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            numbers.put(tokens.get(i), i);
        }
        PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.ORDER);
        pairs.forEach((pair, found) -> queue.add(new Candidate(pair, found.count)));
        List<BytePairModel.Merge> merges = new ArrayList<>();
        while (tokens.size() < size && !queue.isEmpty()) {
            Candidate best = queue.remove();
            Occurrences found = pairs.get(best.pair);
            if (found == null || found.count < minimumCount) {
                continue;
            }
            if (found.count != best.count) {
                queue.add(new Candidate(best.pair, found.count));
                continue;
            }
            int left = (int) (best.pair >>> 32);
            int right = (int) best.pair;
            String text = tokens.get(left) + tokens.get(right);
            // Two ways may lead to the same text, as in a+aa and aa+a: it stays one token.
            int merged = numbers.computeIfAbsent(text, _ -> tokens.size());
            if (merged == tokens.size()) {
                tokens.add(text);
            }
            merges.add(new BytePairModel.Merge(left, right, merged));
            apply(left, right, merged, List.copyOf(found.pieces), queue);
            pairs.remove(best.pair);
        }
        return merges;
    }

    /** Merges a pair wherever it is and counts the pairs that come and go. */
    private void apply(
            int left,
            int right,
            int merged,
            List<Integer> occurrences,
            PriorityQueue<Candidate> queue) {
        Set<Long> grown = new LinkedHashSet<>();
        for (int index : occurrences) {
            Piece piece = pieces.get(index);
            int[] tokens = piece.tokens;
            int length = 0;
            int i = 0;
            while (i < tokens.length) {
                if (tokens[i] != left || i + 1 == tokens.length || tokens[i + 1] != right) {
                    tokens[length++] = tokens[i++];
                    continue;
                }
                if (length > 0) {
                    change(tokens[length - 1], left, index, -piece.count, grown);
                    change(tokens[length - 1], merged, index, piece.count, grown);
                }
                if (i + 2 < tokens.length) {
                    change(right, tokens[i + 2], index, -piece.count, grown);
                    change(merged, tokens[i + 2], index, piece.count, grown);
                }
                tokens[length++] = merged;
                i += 2;
            }
            piece.tokens = Arrays.copyOf(tokens, length);
        }
        for (long pair : grown) {
            Occurrences found = pairs.get(pair);
            if (found != null && found.count > 0) {
                queue.add(new Candidate(pair, found.count));
            }
        }
    }

    private void change(int left, int right, int piece, long times, Set<Long> grown) {
        count(left, right, piece, times);
        if (times > 0) {
            grown.add(BytePairMerges.pair(left, right));
        }
    }
}
