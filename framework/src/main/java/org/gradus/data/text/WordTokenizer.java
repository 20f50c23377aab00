package org.gradus.data.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One token for each of the more frequent words of some texts, in lower case; {@link #UNKNOWN} for
 * all others. For telling texts apart, not for writing them: case and spaces are lost.
 *
 * <p>A word is a run of letters and digits, with apostrophes between them; any other character that
 * is not white space is a word by itself. Token 0 is {@link #PADDING}, token 1 {@link #UNKNOWN};
 * words follow by falling frequency, equally frequent ones in alphabetical order.
 */
public final class WordTokenizer implements Tokenizer {
    /** The name of this kind in JSON. */
    static final String TYPE = "words";

    private final Vocabulary vocabulary;

    WordTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * Returns a tokenizer of the words of some texts, which should be those to train on alone.
     *
     * @param minimumCount how often a word must be there to have a token
     * @param maximumSize the largest number of tokens, the two special ones among them
     * @throws IllegalArgumentException if the count is below 1 or the size below 2
     */
    public static WordTokenizer train(Iterable<String> texts, int minimumCount, int maximumSize) {
        if (minimumCount < 1 || maximumSize < 2) {
            throw new IllegalArgumentException(
                    "words need a minimum count of 1 or more and room for 2 tokens or more, not "
                            + minimumCount
                            + " and "
                            + maximumSize);
        }
        Map<String, Integer> counts = new HashMap<>();
        for (String text : texts) {
            words(text).forEach(word -> counts.merge(word, 1, Integer::sum));
        }
        List<String> words =
                counts.entrySet().stream()
                        .filter(entry -> entry.getValue() >= minimumCount)
                        .sorted(
                                Comparator.comparing(Map.Entry<String, Integer>::getValue)
                                        .reversed()
                                        .thenComparing(Map.Entry::getKey))
                        .limit(maximumSize - 2L)
                        .map(Map.Entry::getKey)
                        .toList();
        return new WordTokenizer(new Vocabulary(List.of(PADDING, UNKNOWN), words));
    }

    @Override
    public int[] encode(String text) {
        return words(text).stream().mapToInt(vocabulary::encode).toArray();
    }

    @Override
    public String decode(int... tokens) {
        return String.join(" ", vocabulary.decode(tokens));
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public SequencedMap<String, Integer> specialTokens() {
        return vocabulary.special();
    }

    @Override
    public String toJson() {
        ObjectNode tree = TokenizerJson.tree(TYPE);
        vocabulary.write(tree);
        return tree.toString();
    }

    /** Returns the words of a text in lower case. */
    private static List<String> words(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < lower.length()) {
            int character = lower.codePointAt(at);
            int end = at + Character.charCount(character);
            if (Character.isLetterOrDigit(character)) {
                while (end < lower.length() && continuesWord(lower, end)) {
                    end += Character.charCount(lower.codePointAt(end));
                }
            }
            if (!Character.isWhitespace(character) && !Character.isSpaceChar(character)) {
                words.add(lower.substring(at, end));
            }
            at = end;
        }
        return words;
    }

    private static boolean continuesWord(String text, int at) {
        return Character.isLetterOrDigit(text.codePointAt(at))
                || text.charAt(at) == '\''
                        && at + 1 < text.length()
                        && Character.isLetterOrDigit(text.codePointAt(at + 1));
    }
}
