package org.gradus.data.text;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.DataException;

/** Tokenizers as JSON. */
final class TokenizerJson {
    static final String TYPE = "type";
    static final String SPECIAL = "special";
    static final String TOKENS = "tokens";

    /** A vocabulary of a million tokens takes some 50 MB; a file beyond this is none. */
    private static final long MAXIMUM_BYTES = 1L << 28;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private TokenizerJson() {}

    /** Returns a tree that names a kind of tokenizer. */
    static ObjectNode tree(String type) {
        return object().put(TYPE, type);
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static Tokenizer read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    file + ": there is no such file; give the path of a tokenizer.json");
        }
        try {
            if (Files.size(file) > MAXIMUM_BYTES) {
                throw new DataException(
                        file
                                + ": has "
                                + Files.size(file)
                                + " bytes, too many for a tokenizer; give a tokenizer.json");
            }
            return parse(Files.readString(file), file.toString());
        } catch (CharacterCodingException problem) {
            throw new DataException(
                    file + ": is not text in UTF-8; give the path of a tokenizer.json", problem);
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check its permissions", problem);
        }
    }

    static Tokenizer parse(String json, String source) {
        JsonNode tree;
        try {
            tree = JSON.readTree(json);
        } catch (JacksonException problem) {
            JsonLocation at = problem.getLocation();
            throw new DataException(
                    source
                            + (at == null
                                    ? ""
                                    : ", line " + at.getLineNr() + ", column " + at.getColumnNr())
                            + ": is not valid JSON ("
                            + problem.getOriginalMessage()
                            + "); give a whole tokenizer.json",
                    problem);
        }
        try {
            return tokenizer(new JsonPlace(source, "", tree));
        } catch (IllegalArgumentException problem) {
            throw new DataException(
                    source + ": " + problem.getMessage() + " (give another tokenizer.json)",
                    problem);
        }
    }

    private static Tokenizer tokenizer(JsonPlace tree) {
        if (tree.has("model")) {
            return new BytePairTokenizer(BytePairJson.read(tree));
        }
        String type = tree.get(TYPE).text();
        return switch (type) {
            case CharacterTokenizer.TYPE -> new CharacterTokenizer(vocabulary(tree));
            case SymbolTokenizer.TYPE -> new SymbolTokenizer(vocabulary(tree));
            case WordTokenizer.TYPE -> new WordTokenizer(vocabulary(tree));
            case ByteTokenizer.TYPE ->
                    ByteTokenizer.of(texts(tree.get(SPECIAL)).toArray(String[]::new));
            default ->
                    throw tree.get(TYPE)
                            .wrong(
                                    "is \"" + type + "\"",
                                    "one of characters, symbols, words, bytes");
        };
    }

    private static Vocabulary vocabulary(JsonPlace tree) {
        return new Vocabulary(texts(tree.get(SPECIAL)), texts(tree.get(TOKENS)));
    }

    private static List<String> texts(JsonPlace list) {
        List<String> texts = new ArrayList<>();
        list.elements().forEach(element -> texts.add(element.text()));
        return texts;
    }
}
