package org.gradus.data.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SequencedMap;

/**
 * One token for each character (Unicode code point) of those seen when it was made, in the order of
 * their code points, after the special tokens.
 */
public final class CharacterTokenizer implements Tokenizer {
    /** The name of this kind in JSON. */
    static final String TYPE = "characters";

    private final Vocabulary vocabulary;

    CharacterTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Returns a tokenizer of the characters of a text, after the given special tokens. */
    public static CharacterTokenizer of(String text, String... special) {
        List<String> characters =
                text.codePoints().sorted().distinct().mapToObj(Character::toString).toList();
        return new CharacterTokenizer(new Vocabulary(List.of(special), characters));
    }

    @Override
    public int[] encode(String text) {
        // Nearly all texts have few characters: a table spares a string for each.
        int[] known = new int[128];
        return text.codePoints()
                .map(
                        character -> {
                            if (character >= known.length) {
                                return vocabulary.encode(Character.toString(character));
                            }
                            if (known[character] == 0) {
                                known[character] =
                                        vocabulary.encode(Character.toString(character)) + 1;
                            }
                            return known[character] - 1;
                        })
                .toArray();
    }

    @Override
    public String decode(int... tokens) {
        return String.join("", vocabulary.decode(tokens));
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
}
