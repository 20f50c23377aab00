package org.gradus.data.text;

import java.nio.file.Path;
import java.util.SequencedMap;
import org.gradus.data.DataException;

/**
 * Makes tokens of text, which are numbers from 0 to {@link #size()} - 1, and text of tokens.
 *
 * <p>Special tokens stand for no text: they are put among the others by who builds samples, and are
 * left out when tokens are decoded. Immutable, for any number of threads.
 */
public interface Tokenizer {
    /** The special token that fills up sequences shorter than the others of a batch. */
    String PADDING = "<pad>";

    /** The special token for what has no token of its own. */
    String UNKNOWN = "<unk>";

    /** The special token before the first token of a sequence. */
    String START = "<s>";

    /** The special token after the last token of a sequence. */
    String END = "</s>";

    /**
     * Returns the tokens of a text.
     *
     * @throws IllegalArgumentException if a part of it has no token and there is no {@link
     *     #UNKNOWN}
     */
    int[] encode(String text);

    /**
     * Returns the text of some tokens. Special tokens are left out, but for {@link #UNKNOWN}.
     *
     * @throws IllegalArgumentException if there is no such token
     */
    String decode(int... tokens);

    /** Returns the number of tokens, special ones among them. */
    int size();

    /** Returns the special tokens in their order, with their numbers. */
    SequencedMap<String, Integer> specialTokens();

    /**
     * Returns for each token how many characters (Unicode code points) begin in its text, 0 for
     * special tokens: summed over the tokens of a text, the characters of that text, but for white
     * space that a tokenizer leaves out. Models with different tokenizers are compared by their
     * loss per character.
     */
    default int[] characters() {
        int[] counts = new int[size()];
        for (int token = 0; token < counts.length; token++) {
            String text = specialTokens().containsValue(token) ? "" : decode(token);
            counts[token] = text.codePointCount(0, text.length());
        }
        return counts;
    }

    /**
     * Returns this tokenizer as JSON, from which {@link #parse} makes an equal one. It is kept with
     * a trained model: other numbers would make nonsense of its weights.
     */
    String toJson();

    /**
     * Returns the number of a special token.
     *
     * @throws IllegalArgumentException if this tokenizer does not have it
     */
    default int special(String name) {
        Integer token = specialTokens().get(name);
        if (token == null) {
            throw new IllegalArgumentException(
                    "the tokenizer has no special token \""
                            + name
                            + "\", only "
                            + specialTokens().keySet()
                            + "; make it with that token");
        }
        return token;
    }

    /**
     * Reads a tokenizer from a file: one written by {@link #toJson}, or a {@code tokenizer.json} of
     * Hugging Face's tokenizers library that holds a byte-level BPE model.
     *
     * @throws DataException if the file is missing or damaged, or holds another kind of tokenizer
     */
    static Tokenizer read(Path file) {
        return TokenizerJson.read(file);
    }

    /**
     * Makes a tokenizer from JSON; see {@link #read}.
     *
     * @param source what to call it in messages, such as the file's name
     * @throws DataException if it is damaged or describes another kind of tokenizer
     */
    static Tokenizer parse(String json, String source) {
        return TokenizerJson.parse(json, source);
    }
}
