package org.gradus.cli.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.gradus.data.DataException;
import org.gradus.data.text.Tokenizer;

/** Tokenizers as a part of a data format's JSON. */
final class TokenizerTree {
    private TokenizerTree() {}

    static JsonNode of(Tokenizer tokenizer) {
        try {
            return new JsonMapper().readTree(tokenizer.toJson());
        } catch (JacksonException problem) {
            throw new IllegalStateException("a tokenizer's JSON is none", problem);
        }
    }

    /**
     * Reads what {@link #of} returned.
     *
     * @throws IllegalArgumentException if it is missing or damaged
     */
    static Tokenizer read(JsonNode tree) {
        if (!tree.isObject()) {
            throw new IllegalArgumentException("it has no tokenizer");
        }
        try {
            return Tokenizer.parse(tree.toString(), "its tokenizer");
        } catch (DataException problem) {
            throw new IllegalArgumentException(problem.getMessage(), problem);
        }
    }
}
