package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.gradus.data.text.Tokenizer;

/**
 * Running text that is cut into tokens, of which a model sees a window at a time.
 *
 * @param tokenizer makes tokens of text and text of tokens
 * @param context the number of tokens in a window
 */
public record TokenFormat(Tokenizer tokenizer, int context) implements DataFormat {
    static final String KIND_OF_THIS = "tokens";
    private static final String CONTEXT = "context";
    private static final String TOKENIZER = "tokenizer";

    @Override
    public String description() {
        return "text in windows of " + context + " of " + tokenizer.size() + " different tokens";
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof TokenFormat format
                && format.context == context
                && format.tokenizer.toJson().equals(tokenizer.toJson());
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS).put(CONTEXT, context);
        tree.set(TOKENIZER, TokenizerTree.of(tokenizer));
        return tree;
    }

    static TokenFormat of(JsonNode tree) {
        int context = tree.path(CONTEXT).asInt();
        if (context < 1) {
            throw new IllegalArgumentException("its windows have no size");
        }
        return new TokenFormat(TokenizerTree.read(tree.path(TOKENIZER)), context);
    }
}
