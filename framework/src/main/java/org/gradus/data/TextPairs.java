package org.gradus.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Pairs of texts, of which a model makes the second from the first.
 *
 * @param pairs the pairs
 * @param description what this is, in a few words
 */
public record TextPairs(List<Pair> pairs, String description) {

    /**
     * Two texts.
     *
     * @param source what is given
     * @param target what is wanted
     */
    public record Pair(String source, String target) {}

    /** Copies the list. */
    public TextPairs {
        pairs = List.copyOf(pairs);
    }

    /**
     * Reads a file with a pair on each line: source, tab, target. Empty lines are passed over.
     *
     * @throws DataException if the file is missing, not in UTF-8, or a line has no pair
     */
    public static TextPairs tabSeparated(Path file) {
        List<Pair> pairs = new ArrayList<>();
        List<String> lines = TextFile.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String[] parts = lines.get(i).split("\t", -1);
            if (lines.get(i).isBlank()) {
                continue;
            }
            if (parts.length != 2 || parts[0].isBlank()) {
                throw new DataException(
                        file
                                + ", line "
                                + (i + 1)
                                + ": has "
                                + (parts.length == 2 ? "no source" : parts.length + " parts")
                                + " where a source, a tab and a target are expected;"
                                + " correct or remove the line");
            }
            pairs.add(new Pair(parts[0].strip(), parts[1].strip()));
        }
        if (pairs.isEmpty()) {
            throw new DataException(file + ": has no pairs; add some");
        }
        return new TextPairs(pairs, file.getFileName().toString());
    }

    /** Returns the number of pairs. */
    public int size() {
        return pairs.size();
    }

    /** Returns the sources. */
    public List<String> sources() {
        return pairs.stream().map(Pair::source).toList();
    }

    /** Returns the targets. */
    public List<String> targets() {
        return pairs.stream().map(Pair::target).toList();
    }

    /**
     * Returns these pairs shuffled and cut in two, with all pairs of one source on the same side:
     * otherwise a model would be measured on what it has seen.
     *
     * @param fraction the share of the sources that goes to the training part, above 0 and below 1
     * @param seed decides the order: the same seed gives the same parts
     * @throws IllegalArgumentException if one part would be empty
     */
    public Parts<TextPairs> split(double fraction, long seed) {
        Splitter.requireFraction(fraction);
        Map<String, List<Pair>> bySource = new LinkedHashMap<>();
        pairs.forEach(
                pair -> bySource.computeIfAbsent(pair.source, _ -> new ArrayList<>()).add(pair));
        List<List<Pair>> groups = List.copyOf(bySource.values());
        int cut = (int) Math.round(fraction * groups.size());
        Splitter.requireBoth(cut, groups.size() - cut, description, fraction);
        List<Pair> train = new ArrayList<>();
        List<Pair> validation = new ArrayList<>();
        int[] order = Order.shuffled(groups.size(), seed, 0);
        for (int i = 0; i < order.length; i++) {
            (i < cut ? train : validation).addAll(groups.get(order[i]));
        }
        return new Parts<>(
                new TextPairs(train, description + ", training part"),
                new TextPairs(validation, description + ", validation part"));
    }

    /**
     * Returns the pairs as tokens.
     *
     * @param source makes tokens of a source, as {@code Tokenizer.encode} does
     * @param target makes tokens of a target
     * @param tokens the special tokens
     */
    public SequencePairs encode(
            Function<String, int[]> source,
            Function<String, int[]> target,
            SequencePairs.SpecialTokens tokens) {
        return new SequencePairs(
                sources().stream().map(source).toList(),
                targets().stream().map(target).toList(),
                tokens,
                description);
    }
}
