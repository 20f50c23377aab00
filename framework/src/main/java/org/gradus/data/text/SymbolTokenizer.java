package org.gradus.data.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One token for each of few symbols that white space separates, such as the phonemes {@code HH AH L
 * OW}: those seen when it was made, sorted, after the special tokens. Decoded, they are separated
 * by single spaces.
 */
public final class SymbolTokenizer implements Tokenizer {
    /** The name of this kind in JSON. */
    static final String TYPE = "symbols";

    private final Vocabulary vocabulary;

    SymbolTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Returns a tokenizer of the symbols of some texts, after the given special tokens. */
    public static SymbolTokenizer of(Iterable<String> texts, String... special) {
        SortedSet<String> symbols = new TreeSet<>();
        texts.forEach(text -> split(text).forEach(symbols::add));
        return new SymbolTokenizer(new Vocabulary(List.of(special), symbols));
    }

    @Override
    public int[] encode(String text) {
        return split(text).mapToInt(vocabulary::encode).toArray();
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

    private static Stream<String> split(String text) {
        return Arrays.stream(text.split("\\s+")).filter(symbol -> !symbol.isEmpty());
    }
}
