package org.gradus.data.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Byte-level byte pair encoding (Sennrich et al. 2016; Radford et al. 2019, GPT-2): bytes are the
 * first tokens, and pairs of tokens that are frequent next to each other are merged into new ones.
 * Every text has tokens, and they decode to exactly that text.
 *
 * <p>Added tokens, such as {@code <|endoftext|>}, are also found where they stand in a text.
 *
 * <p>Its JSON is a {@code tokenizer.json} of Hugging Face's tokenizers library, which gives the
 * same tokens (without {@code add_special_tokens}: none are put around a text here).
 */
public final class BytePairTokenizer implements Tokenizer {
    private static final int BYTES = 256;

    private final BytePairModel model;
    private final BytePairMerges merges = new BytePairMerges();
    private final int[] byteTokens = new int[BYTES];
    private final byte[][] bytes;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> added = new HashMap<>();
    private final SequencedMap<String, Integer> special = new LinkedHashMap<>();
    private final Pattern addedPattern;

    BytePairTokenizer(BytePairModel model) {
        this.model = model;
        for (int i = 0; i < model.tokens().size(); i++) {
            numbers.put(model.tokens().get(i), i);
        }
        char[] letters = ByteLevel.letters();
        for (int value = 0; value < BYTES; value++) {
            Integer token = numbers.get(String.valueOf(letters[value]));
            if (token == null) {
                throw new IllegalArgumentException(
                        "has no token for byte " + value + "; all 256 bytes need one");
            }
            byteTokens[value] = token;
        }
        for (BytePairModel.Merge merge : model.merges()) {
            if (!merges.add(merge.left(), merge.right(), merge.merged())) {
                throw new IllegalArgumentException(
                        "lists the pair of tokens "
                                + merge.left()
                                + " and "
                                + merge.right()
                                + " twice; remove one");
            }
        }
        this.bytes = bytes(model.tokens());
        for (BytePairModel.Added token : model.added()) {
            added.put(token.text(), token.number());
            bytes[token.number()] = token.text().getBytes(StandardCharsets.UTF_8);
            if (token.special()) {
                special.put(token.text(), token.number());
            }
        }
        this.addedPattern = pattern(model.added());
    }

    /**
     * Returns a tokenizer trained on a text: the most frequent pair of tokens is merged until there
     * are as many tokens as asked for, of equally frequent ones the pair of lower numbers. Special
     * tokens come first, then the bytes, then what was merged.
     *
     * <p>The same text gives the same tokenizer, which is also that of Hugging Face's {@code
     * BpeTrainer} with the byte-level alphabet.
     *
     * @param size the number of tokens, at least 256 and the special ones; there are fewer when
     *     fewer pairs are frequent enough
     * @param minimumCount how often a pair must be there to be merged, at least 1
     * @throws IllegalArgumentException if a number is too small
     */
    public static BytePairTokenizer train(
            String text, int size, int minimumCount, String... special) {
        return new BytePairTokenizer(
                new BytePairTrainer(PreTokenizer.GPT2, minimumCount)
                        .train(text, size, List.of(special)));
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder tokens = IntStream.builder();
        Map<String, int[]> seen = new HashMap<>();
        int end = 0;
        if (addedPattern != null) {
            Matcher matcher = addedPattern.matcher(text);
            while (matcher.find()) {
                encode(text.substring(end, matcher.start()), seen, tokens);
                tokens.add(added.get(matcher.group()));
                end = matcher.end();
            }
        }
        encode(text.substring(end), seen, tokens);
        return tokens.build().toArray();
    }

    private void encode(String text, Map<String, int[]> seen, IntStream.Builder tokens) {
        if (!text.isEmpty()) {
            model.preTokenizer()
                    .cut(
                            text,
                            piece -> {
                                for (int token : seen.computeIfAbsent(piece, this::encodePiece)) {
                                    tokens.add(token);
                                }
                            });
        }
    }

    private int[] encodePiece(String piece) {
        byte[] utf8 = piece.getBytes(StandardCharsets.UTF_8);
        if (model.wholePieces()) {
            Integer whole = numbers.get(letters(utf8));
            if (whole != null) {
                return new int[] {whole};
            }
        }
        int[] tokens = new int[utf8.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = byteTokens[utf8[i] & 0xff];
        }
        return merges.apply(tokens);
    }

    @Override
    public String decode(int... tokens) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        for (int token : tokens) {
            Vocabulary.requireToken(token, size());
            if (!special.containsValue(token) || model.tokens().get(token).equals(UNKNOWN)) {
                result.writeBytes(bytes[token]);
            }
        }
        return result.toString(StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return model.tokens().size();
    }

    @Override
    public SequencedMap<String, Integer> specialTokens() {
        return Collections.unmodifiableSequencedMap(special);
    }

    @Override
    public int[] characters() {
        int[] counts = new int[size()];
        for (int token = 0; token < counts.length; token++) {
            if (!special.containsValue(token)) {
                counts[token] = ByteLevel.charactersBegun(bytes[token]);
            }
        }
        return counts;
    }

    @Override
    public String toJson() {
        return BytePairJson.write(model);
    }

    private static String letters(byte[] utf8) {
        char[] letters = ByteLevel.letters();
        StringBuilder text = new StringBuilder(utf8.length);
        for (byte value : utf8) {
            text.append(letters[value & 0xff]);
        }
        return text.toString();
    }

    /** Returns what each token stands for; one with other characters stands for its own text. */
    private static byte[][] bytes(List<String> tokens) {
        int[] values = ByteLevel.bytes();
        byte[][] result = new byte[tokens.size()][];
        for (int i = 0; i < result.length; i++) {
            String token = tokens.get(i);
            boolean letters = token.chars().allMatch(c -> c < values.length && values[c] >= 0);
            result[i] = letters ? new byte[token.length()] : token.getBytes(StandardCharsets.UTF_8);
            for (int j = 0; letters && j < token.length(); j++) {
                result[i][j] = (byte) values[token.charAt(j)];
            }
        }
        return result;
    }

    /** Returns a pattern of which the leftmost match is taken, and of these the longest. */
    private static Pattern pattern(List<BytePairModel.Added> added) {
        if (added.isEmpty()) {
            return null;
        }
        return Pattern.compile(
                added.stream()
                        .map(BytePairModel.Added::text)
                        .sorted(Comparator.comparing(String::length).reversed())
                        .map(Pattern::quote)
                        .collect(Collectors.joining("|")));
    }
}
