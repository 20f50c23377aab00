package org.gradus.cli.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.Catalogue;
import org.gradus.data.Dataset;
import org.gradus.data.DatasetContents;
import org.gradus.data.DatasetInfo;
import org.gradus.data.Parts;
import org.gradus.data.TextPairs;
import org.gradus.data.text.CharacterTokenizer;
import org.gradus.data.text.SymbolTokenizer;
import org.gradus.data.text.Tokenizer;

/**
 * Pairs of texts: a data set of the catalogue, or the user's in a file with source, tab and target
 * on each line. Settings: {@code path}; {@code source} and {@code target}, what a token of each is,
 * one of its {@code characters}, or what white space separates ({@code symbols}). For the user's
 * own also {@code validation} and {@code split_seed}.
 *
 * @param name the name by which it was chosen
 * @param reader reads the two parts
 * @param sourceSymbols whether sources are made of symbols, not of characters
 * @param targetSymbols whether targets are
 */
record TextPairChoice(String name, Reader reader, boolean sourceSymbols, boolean targetSymbols)
        implements DataChoice {
    private static final String SYMBOLS = "symbols";
    private static final List<String> KINDS_OF_TOKENS = List.of("characters", SYMBOLS);
    private static final double DEFAULT_VALIDATION = 0.05;
    private static final double LEAST_VALIDATION = 0.001;

    /** Reads pairs. */
    @FunctionalInterface
    interface Reader {
        Parts<TextPairs> read();

        /** Returns all pairs together, where they are cut in two here. */
        default Optional<TextPairs> whole() {
            return Optional.empty();
        }
    }

    /**
     * The user's own pairs.
     *
     * @param path the file
     * @param validation the share that is held back to measure on
     * @param seed decides which these are
     */
    private record Own(Path path, double validation, long seed) implements Reader {
        @Override
        public Parts<TextPairs> read() {
            try {
                return TextPairs.tabSeparated(path).split(1 - validation, seed);
            } catch (IllegalArgumentException problem) {
                throw new InputException(path + ": " + problem.getMessage(), problem);
            }
        }

        @Override
        public Optional<TextPairs> whole() {
            return Optional.of(TextPairs.tabSeparated(path));
        }
    }

    /** Reads the settings of a data set of the catalogue. */
    static TextPairChoice readNamed(DatasetInfo info, Section settings) {
        Optional<Path> path = settings.optionalText("path").map(Path::of);
        Reader reader =
                () -> {
                    DatasetContents contents =
                            path.map(folder -> Catalogue.open(info.name(), folder))
                                    .orElseGet(() -> Catalogue.open(info.name()));
                    return ((DatasetContents.Pairs) contents).parts();
                };
        return of(info.name(), reader, settings);
    }

    /** Reads the settings of the user's own pairs. */
    static TextPairChoice readOwn(Section settings) {
        Path path =
                Path.of(
                        settings.requiredText(
                                "path",
                                "the path of a file with a source, a tab and a target on each"
                                        + " line, or --data FILE"));
        double validation = settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1);
        long seed = settings.integer("split_seed", 0);
        return of(PAIRS, new Own(path, validation, seed), settings);
    }

    private static TextPairChoice of(String name, Reader reader, Section settings) {
        String source = settings.choice("source", "characters", KINDS_OF_TOKENS);
        String target = settings.choice("target", SYMBOLS, KINDS_OF_TOKENS);
        settings.end();
        return new TextPairChoice(name, reader, source.equals(SYMBOLS), target.equals(SYMBOLS));
    }

    @Override
    public DataSplits load() {
        Parts<TextPairs> parts = reader.read();
        TextPairFormat format =
                new TextPairFormat(
                        tokenizer(sourceSymbols, parts.train().sources()),
                        tokenizer(targetSymbols, parts.train().targets()));
        return splits(parts, format);
    }

    /** Returns the pairs in the tokens that a model knows. */
    @Override
    public DataSplits load(DataFormat known) {
        return known instanceof TextPairFormat format ? splits(reader.read(), format) : load();
    }

    @Override
    public Dataset whole(DataFormat known) {
        if (known instanceof TextPairFormat format) {
            Optional<TextPairs> all = reader.whole();
            if (all.isPresent()) {
                return format.encode(all.get());
            }
        }
        return load(known).requireFit(known).validation();
    }

    private static DataSplits splits(Parts<TextPairs> parts, TextPairFormat format) {
        return new DataSplits(
                format.encode(parts.train()), format.encode(parts.validation()), format);
    }

    private static Tokenizer tokenizer(boolean symbols, List<String> texts) {
        return symbols
                ? SymbolTokenizer.of(texts, TextPairFormat.special())
                : CharacterTokenizer.of(String.join("\n", texts), TextPairFormat.special());
    }
}
