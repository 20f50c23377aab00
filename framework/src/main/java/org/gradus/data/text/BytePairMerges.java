package org.gradus.data.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/** The pairs of tokens that become one, the earlier in the list the sooner. */
final class BytePairMerges {

    private record Merge(int rank, int merged) {}

    private final Map<Long, Merge> merges = new HashMap<>();

    /** Adds a pair after all others. Returns false if it is there already. */
    boolean add(int left, int right, int merged) {
        return merges.putIfAbsent(pair(left, right), new Merge(merges.size(), merged)) == null;
    }

    /**
     * Returns what becomes of the tokens of one piece of text: again and again the pair of lowest
     * rank is merged, the leftmost of equals. Takes n log n steps, so that a file that is one long
     * word does no harm.
     */
    int[] apply(int[] tokens) {
        int size = tokens.length;
        int[] symbols = tokens.clone();
        // Neighbors of the symbols that are left; a merge keeps the left symbol's place.
        int[] next = new int[size];
        int[] previous = new int[size];
        PriorityQueue<Long> candidates = new PriorityQueue<>();
        for (int i = 0; i < size; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        for (int i = 0; i + 1 < size; i++) {
            offer(candidates, symbols, i, i + 1);
        }
        while (!candidates.isEmpty()) {
            long candidate = candidates.remove();
            int at = (int) candidate;
            int right = next[at];
            if (symbols[at] < 0 || right >= size) {
                continue;
            }
            Merge merge = merges.get(pair(symbols[at], symbols[right]));
            // The pair may have changed since it was offered.
            if (merge == null || merge.rank != candidate >>> 32) {
                continue;
            }
            symbols[at] = merge.merged;
            symbols[right] = -1;
            next[at] = next[right];
            if (next[at] < size) {
                previous[next[at]] = at;
                offer(candidates, symbols, at, next[at]);
            }
            if (previous[at] >= 0) {
                offer(candidates, symbols, previous[at], at);
            }
        }
        return Arrays.stream(symbols).filter(symbol -> symbol >= 0).toArray();
    }

    private void offer(PriorityQueue<Long> candidates, int[] symbols, int left, int right) {
        Merge merge = merges.get(pair(symbols[left], symbols[right]));
        if (merge != null) {
            candidates.add((long) merge.rank << 32 | left);
        }
    }

    static long pair(int left, int right) {
        return (long) left << 32 | right;
    }
}
