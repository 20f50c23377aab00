package org.gradus.data.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.gradus.data.DataException;

/**
 * Byte-level BPE models as files of Hugging Face's tokenizers library. What would change the tokens
 * and is not supported here is refused rather than passed over; what the library puts around a text
 * ({@code post_processor}) is no part of {@link Tokenizer#encode}.
 */
final class BytePairJson {
    private static final String BYTE_LEVEL = "ByteLevel";

    private BytePairJson() {}

    static BytePairModel read(JsonPlace tree) {
        JsonPlace model = tree.get("model");
        requireType(model, "BPE");
        tree.requireOff("normalizer");
        for (String setting :
                List.of(
                        "dropout",
                        "unk_token",
                        "continuing_subword_prefix",
                        "end_of_word_suffix",
                        "byte_fallback")) {
            model.requireOff(setting);
        }
        Map<String, Integer> numbers = new HashMap<>();
        model.get("vocab").fields().forEach((text, number) -> numbers.put(text, number.number()));
        Map<String, Integer> all = new HashMap<>(numbers);
        List<BytePairModel.Added> added = added(tree, all);
        return new BytePairModel(
                byNumber(all, model),
                merges(model.get("merges"), numbers),
                added,
                preTokenizer(tree.get("pre_tokenizer")),
                model.get("ignore_merges").flag());
    }

    private static List<BytePairModel.Added> added(JsonPlace tree, Map<String, Integer> all) {
        List<BytePairModel.Added> added = new ArrayList<>();
        if (!tree.has("added_tokens")) {
            return added;
        }
        Set<String> seen = new HashSet<>();
        for (JsonPlace token : tree.get("added_tokens").elements()) {
            for (String setting : List.of("single_word", "lstrip", "rstrip")) {
                token.requireOff(setting);
            }
            String text = token.get("content").text();
            int number = token.get("id").number();
            Integer before = all.put(text, number);
            if (text.isEmpty() || before != null && before != number || !seen.add(text)) {
                throw token.get("content")
                        .wrong("is \"" + text + "\"", "a new text, or the id of the old one");
            }
            added.add(new BytePairModel.Added(number, text, token.get("special").flag()));
        }
        return added;
    }

    private static List<String> byNumber(Map<String, Integer> numbers, JsonPlace model) {
        String[] tokens = new String[numbers.size()];
        numbers.forEach(
                (text, number) -> {
                    if (number < 0 || number >= tokens.length || tokens[number] != null) {
                        throw model.get("vocab")
                                .wrong(
                                        "gives \"" + text + "\" the number " + number,
                                        "each number from 0 to "
                                                + (tokens.length - 1)
                                                + " once, added tokens included");
                    }
                    tokens[number] = text;
                });
        return Arrays.asList(tokens);
    }

    private static List<BytePairModel.Merge> merges(JsonPlace list, Map<String, Integer> numbers) {
        List<BytePairModel.Merge> merges = new ArrayList<>();
        for (JsonPlace pair : list.elements()) {
            String[] parts =
                    pair.value().isTextual()
                            ? pair.text().split(" ", -1)
                            : pair.elements().stream().map(JsonPlace::text).toArray(String[]::new);
            if (parts.length != 2) {
                throw pair.wrong("has " + parts.length + " parts", "two tokens");
            }
            Integer left = numbers.get(parts[0]);
            Integer right = numbers.get(parts[1]);
            Integer merged = numbers.get(parts[0] + parts[1]);
            if (left == null || right == null || merged == null) {
                throw pair.wrong(
                        "is \"" + parts[0] + "\" and \"" + parts[1] + "\"",
                        "both and what they become in its vocabulary");
            }
            merges.add(new BytePairModel.Merge(left, right, merged));
        }
        return merges;
    }

    private static PreTokenizer preTokenizer(JsonPlace tree) {
        String type = tree.get("type").text();
        if (type.equals(BYTE_LEVEL)) {
            return byteLevel(tree, null);
        }
        requireType(tree, "Sequence");
        List<JsonPlace> parts = tree.get("pretokenizers").elements();
        if (parts.size() != 2) {
            throw tree.get("pretokenizers")
                    .wrong("has " + parts.size() + " parts", "Split and ByteLevel");
        }
        JsonPlace split = parts.getFirst();
        requireType(split, "Split");
        split.requireOff("invert");
        if (!split.get("behavior").text().equals("Isolated")) {
            throw split.get("behavior")
                    .wrong("is \"" + split.get("behavior").text() + "\"", "\"Isolated\"");
        }
        requireType(parts.getLast(), BYTE_LEVEL);
        return byteLevel(parts.getLast(), pattern(split.get("pattern")));
    }

    private static Pattern pattern(JsonPlace pattern) {
        try {
            return pattern.has("String")
                    ? PreTokenizer.compile(escaped(pattern.get("String").text()))
                    : PreTokenizer.compile(pattern.get("Regex").text());
        } catch (PatternSyntaxException problem) {
            throw new DataException(
                    pattern.wrong("is no pattern of Java (" + problem.getDescription() + ")", "one")
                            .getMessage(),
                    problem);
        }
    }

    /** Returns a pattern for a text that means the same here and in Hugging Face's library. */
    private static String escaped(String text) {
        return text.replaceAll("[\\p{Punct}]", "\\\\$0");
    }

    private static PreTokenizer byteLevel(JsonPlace tree, Pattern split) {
        boolean gpt2 = !tree.has("use_regex") || tree.get("use_regex").flag();
        return new PreTokenizer(split, tree.get("add_prefix_space").flag(), gpt2);
    }

    private static void requireType(JsonPlace tree, String expected) {
        String type = tree.get("type").text();
        if (!type.equals(expected)) {
            throw tree.get("type").wrong("is \"" + type + "\"", "\"" + expected + "\"");
        }
    }

    static String write(BytePairModel model) {
        ObjectNode tree = TokenizerJson.object();
        tree.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = tree.putArray("added_tokens");
        for (BytePairModel.Added token : model.added()) {
            added.addObject()
                    .put("id", token.number())
                    .put("content", token.text())
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", token.special());
        }
        tree.putNull("normalizer");
        tree.set("pre_tokenizer", write(model.preTokenizer()));
        tree.putNull("post_processor");
        tree.set("decoder", byteLevel(false, true));
        ObjectNode bytePairs = tree.putObject("model");
        bytePairs
                .put("type", "BPE")
                .putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", model.wholePieces());
        ObjectNode vocabulary = bytePairs.putObject("vocab");
        for (int i = 0; i < model.tokens().size(); i++) {
            vocabulary.put(model.tokens().get(i), i);
        }
        ArrayNode merges = bytePairs.putArray("merges");
        for (BytePairModel.Merge merge : model.merges()) {
            merges.addArray()
                    .add(model.tokens().get(merge.left()))
                    .add(model.tokens().get(merge.right()));
        }
        return tree.toString();
    }

    private static ObjectNode write(PreTokenizer preTokenizer) {
        ObjectNode byteLevel = byteLevel(preTokenizer.prefixSpace(), preTokenizer.gpt2());
        if (preTokenizer.split() == null) {
            return byteLevel;
        }
        ObjectNode sequence = TokenizerJson.object().put("type", "Sequence");
        ArrayNode parts = sequence.putArray("pretokenizers");
        ObjectNode split = parts.addObject().put("type", "Split");
        split.putObject("pattern").put("Regex", preTokenizer.split().pattern());
        split.put("behavior", "Isolated").put("invert", false);
        parts.add(byteLevel);
        return sequence;
    }

    private static ObjectNode byteLevel(boolean prefixSpace, boolean gpt2) {
        return TokenizerJson.object()
                .put("type", BYTE_LEVEL)
                .put("add_prefix_space", prefixSpace)
                .put("trim_offsets", true)
                .put("use_regex", gpt2);
    }
}
