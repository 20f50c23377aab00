package org.gradus.cli.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.Catalogue;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.DatasetContents;
import org.gradus.data.DatasetInfo;
import org.gradus.data.LabeledTexts;
import org.gradus.data.Parts;
import org.gradus.data.text.BytePairTokenizer;
import org.gradus.data.text.Tokenizer;
import org.gradus.data.text.WordTokenizer;

/**
 * Texts with classes: a data set of the catalogue, or the user's in a file of JSON lines, a CSV
 * file, or a folder with a sub-folder for each class. Settings: {@code path}; {@code tokenizer},
 * {@code words} or {@code bpe}; {@code vocabulary}, how many tokens there are at most; {@code
 * minimum_count}, how often one must be there; {@code length}, how many tokens of a text are read.
 * For the user's own also {@code text} and {@code label}, the columns of a CSV file or the names in
 * JSON, {@code validation} and {@code split_seed}.
 *
 * @param name the name by which it was chosen
 * @param source reads the two parts
 * @param tokens how texts become tokens
 */
record LabeledTextChoice(String name, Source source, Tokens tokens) implements DataChoice {
    private static final int DEFAULT_VOCABULARY = 8000;
    private static final int DEFAULT_MINIMUM = 2;
    private static final int DEFAULT_LENGTH = 256;
    private static final int SMALLEST_BPE = 300;
    private static final double DEFAULT_VALIDATION = 0.2;
    private static final double LEAST_VALIDATION = 0.01;

    /** Reads texts. */
    @FunctionalInterface
    interface Source {
        Parts<LabeledTexts> read();

        /** Returns all texts together, where they are cut in two here. */
        default Optional<LabeledTexts> whole() {
            return Optional.empty();
        }
    }

    /**
     * The user's own texts.
     *
     * @param path where they are
     * @param text what the texts are called in a file
     * @param label what the classes are called
     * @param validation the share that is held back to measure on
     * @param seed decides which these are
     */
    private record Own(Path path, String text, String label, double validation, long seed)
            implements Source {
        @Override
        public Parts<LabeledTexts> read() {
            try {
                return texts().split(1 - validation, seed);
            } catch (IllegalArgumentException problem) {
                throw new InputException(path + ": " + problem.getMessage(), problem);
            }
        }

        @Override
        public Optional<LabeledTexts> whole() {
            return Optional.of(texts());
        }

        private LabeledTexts texts() {
            String name = path.toString().toLowerCase(Locale.ROOT);
            if (Files.isDirectory(path)) {
                return LabeledTexts.folder(path);
            }
            if (name.endsWith(".csv")) {
                return LabeledTexts.csv(path, text, label);
            }
            if (name.endsWith(".jsonl") || name.endsWith(".json")) {
                return LabeledTexts.jsonLines(path, text, label);
            }
            throw new DataException(
                    path
                            + ": is no folder and no .jsonl or .csv file; give texts with classes as"
                            + " one of these");
        }
    }

    /**
     * How texts become tokens.
     *
     * @param words whether words are tokens, not pieces of words
     * @param vocabulary how many there are at most
     * @param minimumCount how often one must be there
     * @param length how many tokens of a text are read
     */
    record Tokens(boolean words, int vocabulary, int minimumCount, int length) {
        static Tokens read(Section settings) {
            boolean words =
                    settings.choice("tokenizer", "words", List.of("words", "bpe")).equals("words");
            int least = words ? 2 : SMALLEST_BPE;
            return new Tokens(
                    words,
                    settings.count("vocabulary", DEFAULT_VOCABULARY, least),
                    settings.count("minimum_count", DEFAULT_MINIMUM, 1),
                    settings.count("length", DEFAULT_LENGTH, 1));
        }

        Tokenizer train(List<String> texts) {
            return words
                    ? WordTokenizer.train(texts, minimumCount, vocabulary)
                    : BytePairTokenizer.train(
                            String.join("\n", texts), vocabulary, minimumCount, Tokenizer.PADDING);
        }
    }

    /** Reads the settings of a data set of the catalogue. */
    static LabeledTextChoice readNamed(DatasetInfo info, Section settings) {
        Optional<Path> path = settings.optionalText("path").map(Path::of);
        Tokens tokens = Tokens.read(settings);
        settings.end();
        Source source =
                () -> {
                    DatasetContents contents =
                            path.map(folder -> Catalogue.open(info.name(), folder))
                                    .orElseGet(() -> Catalogue.open(info.name()));
                    return ((DatasetContents.Texts) contents).parts();
                };
        return new LabeledTextChoice(info.name(), source, tokens);
    }

    /** Reads the settings of the user's own texts. */
    static LabeledTextChoice readOwn(Section settings) {
        Path path =
                Path.of(
                        settings.requiredText(
                                "path",
                                "the path of a .jsonl or .csv file, or of a folder with a"
                                        + " sub-folder for each class, or --data PATH"));
        String text = settings.text("text", "text");
        String label = settings.text("label", "label");
        double validation = settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1);
        long seed = settings.integer("split_seed", 0);
        Tokens tokens = Tokens.read(settings);
        settings.end();
        return new LabeledTextChoice(TEXTS, new Own(path, text, label, validation, seed), tokens);
    }

    @Override
    public DataSplits load() {
        Parts<LabeledTexts> parts = source.read();
        List<String> classes = parts.train().classes();
        if (classes.size() < 2) {
            throw new DataException(
                    parts.train().description()
                            + ": holds a single class, "
                            + classes.getFirst()
                            + "; there is nothing to tell apart");
        }
        Tokenizer tokenizer = tokens.train(parts.train().texts());
        return splits(parts, new LabeledTextFormat(tokenizer, tokens.length, classes));
    }

    /** Returns the texts in the tokens and classes that a model knows. */
    @Override
    public DataSplits load(DataFormat known) {
        if (!(known instanceof LabeledTextFormat format)) {
            return load();
        }
        Parts<LabeledTexts> parts = source.read();
        return splits(
                new Parts<>(
                        withClasses(parts.train(), format),
                        withClasses(parts.validation(), format)),
                format);
    }

    @Override
    public Dataset whole(DataFormat known) {
        if (known instanceof LabeledTextFormat format) {
            Optional<LabeledTexts> all = source.whole();
            if (all.isPresent()) {
                return format.encode(withClasses(all.get(), format));
            }
        }
        return load(known).requireFit(known).validation();
    }

    private static LabeledTexts withClasses(LabeledTexts texts, LabeledTextFormat format) {
        Set<String> unknown = new TreeSet<>(texts.classes());
        unknown.removeAll(format.classes());
        if (!unknown.isEmpty()) {
            throw new InputException(
                    texts.description()
                            + ": has the class "
                            + unknown.iterator().next()
                            + ", but the model knows "
                            + String.join(", ", format.classes())
                            + "; give texts of these");
        }
        return texts.withClasses(format.classes());
    }

    private static DataSplits splits(Parts<LabeledTexts> parts, LabeledTextFormat format) {
        return new DataSplits(
                format.encode(parts.train()), format.encode(parts.validation()), format);
    }
}
