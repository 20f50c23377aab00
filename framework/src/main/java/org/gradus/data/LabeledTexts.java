package org.gradus.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Texts, each with a class: what a classifier of texts learns from, before it becomes tokens.
 *
 * @param texts the texts
 * @param labels the class of each
 * @param classes the names of the classes, in the order of their indices
 * @param description what this is, in a few words
 */
public record LabeledTexts(
        List<String> texts, List<String> labels, List<String> classes, String description) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there are not as many labels as texts, or a label is none
     *     of the classes
     */
    public LabeledTexts {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
        classes = List.copyOf(classes);
        if (texts.size() != labels.size()) {
            throw new IllegalArgumentException(
                    description
                            + " has "
                            + texts.size()
                            + " texts and "
                            + labels.size()
                            + " labels: both need the same number");
        }
        for (String label : new LinkedHashSet<>(labels)) {
            if (!classes.contains(label)) {
                throw new IllegalArgumentException(
                        description
                                + " has the label \""
                                + label
                                + "\", which is none of the classes "
                                + String.join(", ", classes));
            }
        }
    }

    /** Returns texts whose classes are their labels, sorted. */
    public static LabeledTexts of(List<String> texts, List<String> labels, String description) {
        return new LabeledTexts(texts, labels, List.copyOf(new TreeSet<>(labels)), description);
    }

    /**
     * Reads a file of a JSON object per line with the names {@code text} and {@code label}, which
     * is a text, a whole number or a truth value. Other names are passed over, as are empty lines.
     *
     * @throws DataException if the file is missing or damaged; the message names the line
     */
    public static LabeledTexts jsonLines(Path file) {
        return jsonLines(file, "text", "label");
    }

    /**
     * Reads a file of a JSON object per line, see the other {@code jsonLines}.
     *
     * @param text the name of the texts
     * @param label the name of the labels
     * @throws DataException if the file is missing or damaged; the message names the line
     */
    public static LabeledTexts jsonLines(Path file, String text, String label) {
        return LabeledTextReader.jsonLines(file, text, label);
    }

    /**
     * Reads a file of comma-separated values with names in its first line.
     *
     * @param text the name of the column of texts
     * @param label the name of the column of labels
     * @throws DataException if the file is missing or damaged; the message names the line
     */
    public static LabeledTexts csv(Path file, String text, String label) {
        return LabeledTextReader.csv(file, text, label);
    }

    /**
     * Reads a folder with a sub-folder for each class, whose name is the class's, of files in
     * UTF-8: a text each. Hidden files are passed over.
     *
     * @throws DataException if the folder is missing or a file cannot be read
     */
    public static LabeledTexts folder(Path root) {
        return LabeledTextReader.folder(root);
    }

    /** Returns the number of texts. */
    public int size() {
        return texts.size();
    }

    /**
     * Returns these texts with the classes of others, so that indices agree with theirs.
     *
     * @throws IllegalArgumentException if a label is none of them
     */
    public LabeledTexts withClasses(List<String> others) {
        return new LabeledTexts(texts, labels, others, description);
    }

    /**
     * Returns these texts shuffled and cut in two, each class in the same ratio.
     *
     * @param fraction the share of each class that goes to the training part, above 0 and below 1
     * @param seed decides the order: the same seed gives the same parts
     * @throws IllegalArgumentException if one part would be empty
     */
    public Parts<LabeledTexts> split(double fraction, long seed) {
        Parts<int[]> indices = Splitter.stratified(labels, description, fraction, seed);
        return new Parts<>(
                part(indices.train(), description + ", training part"),
                part(indices.validation(), description + ", validation part"));
    }

    private LabeledTexts part(int[] indices, String name) {
        return new LabeledTexts(
                IntStream.of(indices).mapToObj(texts::get).toList(),
                IntStream.of(indices).mapToObj(labels::get).toList(),
                classes,
                name);
    }

    /**
     * Returns the texts as tokens.
     *
     * @param tokenizer makes tokens of a text, as {@code Tokenizer.encode} does
     * @param maximumTokens how many tokens are kept of each text, the first ones; at least 1
     * @param padding the token that shorter texts end with
     */
    public LabeledSequences encode(
            Function<String, int[]> tokenizer, int maximumTokens, int padding) {
        if (maximumTokens < 1) {
            throw new IllegalArgumentException(
                    description + ": at least 1 token of a text is kept, not " + maximumTokens);
        }
        Map<String, Integer> indices = new HashMap<>();
        classes.forEach(name -> indices.put(name, indices.size()));
        return new LabeledSequences(
                texts.stream()
                        .map(tokenizer)
                        .map(tokens -> Sequences.truncated(tokens, maximumTokens, padding))
                        .toList(),
                labels.stream().mapToInt(indices::get).toArray(),
                classes,
                padding,
                description);
    }
}
