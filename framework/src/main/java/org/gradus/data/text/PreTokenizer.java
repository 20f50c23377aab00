package org.gradus.data.text;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a text into the pieces within which byte pairs are merged.
 *
 * @param split a pattern whose matches are pieces, as is what lies between them; null for none
 * @param prefixSpace whether each piece is given a space in front where it has none
 * @param gpt2 whether the pattern of GPT-2 cuts, after the other
 */
record PreTokenizer(Pattern split, boolean prefixSpace, boolean gpt2) {
    /** What GPT-2 uses and this library's own training. */
    static final PreTokenizer GPT2 = new PreTokenizer(null, false, true);

    /** Contractions, then words, numbers and other marks each with a space before it, spaces. */
    private static final Pattern GPT2_PATTERN =
            compile(
                    "'s|'t|'re|'ve|'m|'ll|'d"
                            + "| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    /** Compiles a pattern in which white space is Unicode's, as in Hugging Face's library. */
    static Pattern compile(String pattern) {
        return Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
    }

    /** Hands over the pieces of a text in order. */
    void cut(String text, Consumer<String> pieces) {
        if (split == null) {
            cutInner(text, pieces);
        } else {
            cut(split, text, piece -> cutInner(piece, pieces));
        }
    }

    private void cutInner(String text, Consumer<String> pieces) {
        String whole = prefixSpace && !text.startsWith(" ") ? " " + text : text;
        if (gpt2) {
            cut(GPT2_PATTERN, whole, pieces);
        } else {
            pieces.accept(whole);
        }
    }

    private static void cut(Pattern pattern, String text, Consumer<String> pieces) {
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                pieces.accept(text.substring(end, matcher.start()));
            }
            if (matcher.end() > matcher.start()) {
                pieces.accept(matcher.group());
            }
            end = matcher.end();
        }
        if (end < text.length()) {
            pieces.accept(text.substring(end));
        }
    }
}
