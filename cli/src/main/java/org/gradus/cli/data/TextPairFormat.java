package org.gradus.cli.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.gradus.data.Dataset;
import org.gradus.data.SequencePairs;
import org.gradus.data.TextPairs;
import org.gradus.data.text.Tokenizer;

/**
 * Pairs of texts, the second of which is made from the first. Both tokenizers have the special
 * tokens {@link #SPECIAL}.
 *
 * @param source makes tokens of what is given
 * @param target makes tokens of what is wanted, and text of a model's tokens
 */
public record TextPairFormat(Tokenizer source, Tokenizer target) implements DataFormat {
    static final String KIND_OF_THIS = "text-pairs";

    /**
     * Checks the special tokens.
     *
     * @throws IllegalArgumentException if they differ
     */
    public TextPairFormat {
        if (!source.specialTokens().equals(target.specialTokens())) {
            throw new IllegalArgumentException("the two tokenizers have different special tokens");
        }
    }

    /** Returns the special tokens that both tokenizers are made with. */
    static String[] special() {
        return new String[] {Tokenizer.PADDING, Tokenizer.UNKNOWN, Tokenizer.START, Tokenizer.END};
    }

    /** Returns the numbers of the special tokens. */
    public SequencePairs.SpecialTokens tokens() {
        return new SequencePairs.SpecialTokens(
                target.special(Tokenizer.PADDING),
                target.special(Tokenizer.START),
                target.special(Tokenizer.END));
    }

    /** Returns pairs as samples. */
    public Dataset encode(TextPairs pairs) {
        return pairs.encode(source::encode, target::encode, tokens());
    }

    @Override
    public String description() {
        return "pairs of texts of " + source.size() + " and " + target.size() + " different tokens";
    }

    @Override
    public boolean fits(DataFormat others) {
        return others instanceof TextPairFormat format
                && format.source.toJson().equals(source.toJson())
                && format.target.toJson().equals(target.toJson());
    }

    @Override
    public ObjectNode json() {
        ObjectNode tree = new JsonMapper().createObjectNode();
        tree.put(KIND, KIND_OF_THIS);
        tree.set("source", TokenizerTree.of(source));
        tree.set("target", TokenizerTree.of(target));
        return tree;
    }

    static TextPairFormat of(JsonNode tree) {
        return new TextPairFormat(
                TokenizerTree.read(tree.path("source")), TokenizerTree.read(tree.path("target")));
    }
}
