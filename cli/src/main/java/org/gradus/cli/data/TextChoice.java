package org.gradus.cli.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.gradus.cli.input.InputException;
import org.gradus.cli.settings.Section;
import org.gradus.data.Catalogue;
import org.gradus.data.Dataset;
import org.gradus.data.DatasetContents;
import org.gradus.data.DatasetInfo;
import org.gradus.data.LanguageModelDataset;
import org.gradus.data.Parts;
import org.gradus.data.text.BytePairTokenizer;
import org.gradus.data.text.ByteTokenizer;
import org.gradus.data.text.CharacterTokenizer;
import org.gradus.data.text.Tokenizer;

/**
 * Running text, of which a language model learns what comes next: windows at random places to learn
 * from, and windows side by side to measure on. Settings: {@code tokenizer}, {@code vocabulary} (of
 * byte pairs), {@code context}, {@code samples_per_epoch}, {@code validation_samples}; for a text
 * of the user's {@code path}, {@code files} and {@code validation}.
 *
 * @param name the name of the data set
 * @param path where it is, if the user says so
 * @param files which files of a folder are read, as in {@code *.txt}
 * @param validation the share of a user's text, at its end, that is held back to measure on
 * @param tokenizer what the tokens are: {@code characters}, {@code bytes} or {@code bpe}
 * @param vocabulary the number of tokens of byte pairs
 * @param context the number of tokens in a window
 * @param samplesPerEpoch the number of windows to learn from between two measurements; as many as
 *     lie side by side if it is not given
 * @param validationSamples the number of windows to measure on, evenly spread; all if not given
 */
record TextChoice(
        String name,
        Optional<Path> path,
        String files,
        double validation,
        String tokenizer,
        int vocabulary,
        int context,
        Optional<Integer> samplesPerEpoch,
        Optional<Integer> validationSamples)
        implements DataChoice {
    private static final String BYTE_PAIRS = "bpe";
    private static final String BYTES = "bytes";
    private static final String CHARACTERS = "characters";
    private static final int DEFAULT_VOCABULARY = 1024;
    private static final int LEAST_VOCABULARY = 257;
    private static final int DEFAULT_CONTEXT = 128;
    private static final double DEFAULT_VALIDATION = 0.1;
    private static final double LEAST_VALIDATION = 0.001;

    /** How often two tokens must follow each other to become one. */
    private static final int LEAST_PAIRS = 2;

    private static final long SEED = 0;

    /** Reads the settings of a text of the catalogue. */
    static TextChoice readNamed(DatasetInfo info, Section settings) {
        Optional<Path> path = settings.optionalText("path").map(Path::of);
        return read(info.name(), path, TextFiles.DEFAULT, 0, settings);
    }

    /** Reads the settings of a text of the user's. */
    static TextChoice readText(Section settings) {
        String path =
                settings.requiredText("path", "a text file or a folder of them, or --data PATH");
        String files = settings.text("files", TextFiles.DEFAULT);
        double validation = settings.between("validation", DEFAULT_VALIDATION, LEAST_VALIDATION, 1);
        return read(TEXT, Optional.of(Path.of(path)), files, validation, settings);
    }

    private static TextChoice read(
            String name, Optional<Path> path, String files, double validation, Section settings) {
        TextChoice choice =
                new TextChoice(
                        name,
                        path,
                        files,
                        validation,
                        settings.choice(
                                "tokenizer", CHARACTERS, List.of(CHARACTERS, BYTES, BYTE_PAIRS)),
                        settings.count("vocabulary", DEFAULT_VOCABULARY, LEAST_VOCABULARY),
                        settings.count("context", DEFAULT_CONTEXT, 1),
                        settings.optionalCount("samples_per_epoch", 1),
                        settings.optionalCount("validation_samples", 1));
        settings.end();
        return choice;
    }

    @Override
    public DataSplits load() {
        Parts<String> text = text();
        return splits(text, tokenizerOf(text));
    }

    /** Cuts the text into the tokens of the run: of another text, a tokenizer would be another. */
    @Override
    public DataSplits load(DataFormat known) {
        return known instanceof TokenFormat format ? splits(text(), format.tokenizer()) : load();
    }

    @Override
    public Dataset whole(DataFormat known) {
        if (!name.equals(TEXT) || !(known instanceof TokenFormat format)) {
            return load(known).requireFit(known).validation();
        }
        String all = TextFiles.read(path.orElseThrow(), files);
        try {
            int[] tokens = format.tokenizer().encode(all);
            return measured(LanguageModelDataset.of(tokens, format.context(), source()));
        } catch (IllegalArgumentException problem) {
            throw new InputException(source() + ": " + problem.getMessage(), problem);
        }
    }

    private Parts<String> text() {
        if (!name.equals(TEXT)) {
            DatasetContents contents =
                    path.map(file -> Catalogue.open(name, file))
                            .orElseGet(() -> Catalogue.open(name));
            if (contents instanceof DatasetContents.Text(Parts<String> parts)) {
                return parts;
            }
            throw new IllegalStateException("a data set of another kind than it says");
        }
        String all = TextFiles.read(path.orElseThrow(), files);
        int cut = all.length() - (int) Math.round(validation * all.length());
        // A line is not cut, and never is a character of two parts.
        int line = all.indexOf('\n', Math.max(0, cut - 1)) + 1;
        int whole = line == 0 || line == all.length() ? cut : line;
        boolean inside =
                whole > 0
                        && whole < all.length()
                        && Character.isSurrogatePair(all.charAt(whole - 1), all.charAt(whole));
        whole += inside ? 1 : 0;
        return new Parts<>(all.substring(0, whole), all.substring(whole));
    }

    /**
     * Byte pairs are learnt from the training part. The characters are those of both parts, or some
     * rare one could not be measured.
     */
    private Tokenizer tokenizerOf(Parts<String> text) {
        return switch (tokenizer) {
            case BYTES -> ByteTokenizer.of();
            case BYTE_PAIRS -> BytePairTokenizer.train(text.train(), vocabulary, LEAST_PAIRS);
            default -> CharacterTokenizer.of(text.train() + text.validation());
        };
    }

    private DataSplits splits(Parts<String> text, Tokenizer tokens) {
        try {
            int[] train = tokens.encode(text.train());
            int[] held = tokens.encode(text.validation());
            String learnt = source() + ", training part";
            return new DataSplits(
                    samplesPerEpoch.isPresent()
                            ? LanguageModelDataset.random(
                                    train, context, samplesPerEpoch.get(), SEED, learnt)
                            : LanguageModelDataset.random(train, context, SEED, learnt),
                    measured(
                            LanguageModelDataset.of(held, context, source() + ", validation part")),
                    new TokenFormat(tokens, context));
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage(), problem);
        }
    }

    private String source() {
        return path.map(Path::toString).orElse(name);
    }

    /** Returns all windows, or some at equal distances. */
    private Dataset measured(LanguageModelDataset windows) {
        int all = windows.size();
        int wanted = validationSamples.orElse(all);
        return wanted >= all
                ? windows
                : windows.subset(
                        IntStream.range(0, wanted)
                                .map(i -> (int) ((long) i * all / wanted))
                                .toArray());
    }
}
