package org.gradus.data.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * One token for each byte of the text in UTF-8: 0 to 255. Special tokens follow from 256 on. Every
 * text has tokens; those of a part of a character decode to U+FFFD.
 */
public final class ByteTokenizer implements Tokenizer {
    /** The name of this kind in JSON. */
    static final String TYPE = "bytes";

    private static final int BYTES = 256;

    private final SequencedMap<String, Integer> special = new LinkedHashMap<>();

    private ByteTokenizer(List<String> special) {
        special.forEach(token -> this.special.put(token, BYTES + this.special.size()));
        if (this.special.size() < special.size()) {
            throw new IllegalArgumentException(
                    "a special token is given twice in " + special + "; leave one out");
        }
    }

    /** Returns a tokenizer of bytes with the given special tokens. */
    public static ByteTokenizer of(String... special) {
        return new ByteTokenizer(Arrays.asList(special));
    }

    @Override
    public int[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] tokens = new int[bytes.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = bytes[i] & 0xff;
        }
        return tokens;
    }

    @Override
    public String decode(int... tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(tokens.length);
        for (int token : tokens) {
            Vocabulary.requireToken(token, size());
            if (token < BYTES) {
                bytes.write(token);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return BYTES + special.size();
    }

    @Override
    public SequencedMap<String, Integer> specialTokens() {
        return Collections.unmodifiableSequencedMap(special);
    }

    @Override
    public int[] characters() {
        int[] counts = new int[size()];
        for (int value = 0; value < BYTES; value++) {
            counts[value] = ByteLevel.charactersBegun((byte) value);
        }
        return counts;
    }

    @Override
    public String toJson() {
        ObjectNode tree = TokenizerJson.tree(TYPE);
        ArrayNode texts = tree.putArray(TokenizerJson.SPECIAL);
        special.keySet().forEach(texts::add);
        return tree.toString();
    }
}
