package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.gradus.data.Dataset;
import org.gradus.data.LabeledTexts;
import org.gradus.data.text.Tokenizer;

/**
 * Texts with classes, of whose tokens the first are read.
 *
 * @param tokenizer makes tokens of a text
 * @param length how many tokens of a text are read at most
 * @param classes the names of the classes, by index of the output
 */
public record LabeledTextFormat(Tokenizer tokenizer, int length, List<String> classes)
        implements DataFormat {
    static final String KIND_OF_THIS = "labeled-texts";

    /** Copies the list. */
    public LabeledTextFormat {
        classes = List.copyOf(classes);
    }

    /** Returns the token that short texts of a batch end with. */
    public int padding() {
        return tokenizer.special(Tokenizer.PADDING);
    }

    /** Returns texts as samples; their classes are those of this format. */
    public Dataset encode(LabeledTexts texts) {
        return texts.encode(tokenizer::encode, length, padding());
    }

    @Override
    public String description() {
        return "texts of "
                + tokenizer.size()
                + " different tokens and "
                + classes.size()
                + " classes";
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof LabeledTextFormat format
                && format.classes.equals(classes)
                && format.tokenizer.toJson().equals(tokenizer.toJson());
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS).put("length", length);
        classes.forEach(tree.putArray("classes")::add);
        tree.set("tokenizer", TokenizerTree.of(tokenizer));
        return tree;
    }

    static LabeledTextFormat of(JsonNode tree) {
        List<String> classes = JsonArrays.texts(tree.path("classes"));
        int length = tree.path("length").asInt();
        if (length < 1 || classes.size() < 2) {
            throw new IllegalArgumentException(
                    "texts need a length from 1 on and two classes or more");
        }
        return new LabeledTextFormat(TokenizerTree.read(tree.path("tokenizer")), length, classes);
    }
}
