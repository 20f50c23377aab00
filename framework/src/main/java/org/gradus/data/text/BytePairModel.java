package org.gradus.data.text;

import java.util.List;

/**
 * What a byte-level BPE tokenizer is made of.
 *
 * @param tokens all tokens by number: letters that stand for bytes, or an added token's own text
 * @param merges pairs of tokens that become one, in the order in which they do
 * @param added tokens that are found in the text before anything else is
 * @param preTokenizer what cuts a text into the pieces within which pairs are merged
 * @param wholePieces whether a piece that is a token is taken as it is, without merging
 */
record BytePairModel(
        List<String> tokens,
        List<Merge> merges,
        List<Added> added,
        PreTokenizer preTokenizer,
        boolean wholePieces) {

    BytePairModel {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
        added = List.copyOf(added);
    }

    /** Two tokens that are merged into one, by number. */
    record Merge(int left, int right, int merged) {}

    /**
     * A token that stands for its text as a whole.
     *
     * @param special whether it stands for no text when decoded
     */
    record Added(int number, String text, boolean special) {}
}
