package org.gradus.data.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The tokens of a tokenizer by number: the special ones first, then the others. */
final class Vocabulary {
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> ordinary = new HashMap<>();
    private final SequencedMap<String, Integer> special = new LinkedHashMap<>();

    /** Makes a vocabulary of tokens that must be distinct among their kind. */
    Vocabulary(Collection<String> specialTokens, Collection<String> ordinaryTokens) {
        number(specialTokens, special);
        number(ordinaryTokens, ordinary);
    }

    private void number(Collection<String> added, Map<String, Integer> numbers) {
        for (String token : added) {
            if (numbers.put(token, tokens.size()) != null) {
                throw new IllegalArgumentException(
                        "the token \"" + token + "\" is given twice; leave one out");
            }
            tokens.add(token);
        }
    }

    int size() {
        return tokens.size();
    }

    SequencedMap<String, Integer> special() {
        return Collections.unmodifiableSequencedMap(special);
    }

    /** Returns the number of an ordinary token, or of the unknown one. */
    int encode(String token) {
        Integer number = ordinary.get(token);
        if (number == null) {
            number = special.get(Tokenizer.UNKNOWN);
        }
        if (number == null) {
            throw new IllegalArgumentException(
                    "\""
                            + token
                            + "\""
                            + (token.codePointCount(0, token.length()) == 1
                                    ? " (U+%04X)".formatted(token.codePointAt(0))
                                    : "")
                            + " is none of the "
                            + ordinary.size()
                            + " tokens; leave it out or make the tokenizer with \""
                            + Tokenizer.UNKNOWN
                            + "\"");
        }
        return number;
    }

    /** Returns the texts of tokens, without special ones but the unknown. */
    List<String> decode(int[] numbers) {
        List<String> texts = new ArrayList<>(numbers.length);
        for (int number : numbers) {
            requireToken(number, size());
            if (number >= special.size() || tokens.get(number).equals(Tokenizer.UNKNOWN)) {
                texts.add(tokens.get(number));
            }
        }
        return texts;
    }

    /** Writes the tokens as two lists. */
    void write(ObjectNode tree) {
        ArrayNode specialTexts = tree.putArray(TokenizerJson.SPECIAL);
        special.keySet().forEach(specialTexts::add);
        ArrayNode texts = tree.putArray(TokenizerJson.TOKENS);
        tokens.subList(special.size(), tokens.size()).forEach(texts::add);
    }

    static void requireToken(int number, int size) {
        if (number < 0 || number >= size) {
            throw new IllegalArgumentException(
                    "there is no token " + number + ": tokens are 0 to " + (size - 1));
        }
    }
}
