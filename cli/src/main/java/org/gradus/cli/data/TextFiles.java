package org.gradus.cli.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.gradus.cli.input.InputException;
import org.gradus.data.DataException;
import org.gradus.data.TextFile;

/** Texts of the user's. */
final class TextFiles {
    /** The files of a folder that are read if nothing else is said. */
    static final String DEFAULT = "*.txt";

    private TextFiles() {}

    /**
     * Returns the text of a file, or of files below a folder, in the order of their paths. What is
     * hidden is passed over.
     *
     * @param pattern which files of a folder, as in {@code *.txt} or {@code *.{md,rst}}
     * @throws DataException if there is none, or one is not in UTF-8
     */
    static String read(Path path, String pattern) {
        String text =
                Files.isDirectory(path)
                        ? files(path, pattern).stream()
                                .map(TextFile::read)
                                .collect(Collectors.joining("\n"))
                        : TextFile.read(path);
        if (text.isBlank()) {
            throw new DataException(
                    path + ": there is no text in it; give a text to learn from, with --data");
        }
        return text;
    }

    private static List<Path> files(Path folder, String pattern) {
        PathMatcher matcher;
        try {
            matcher = folder.getFileSystem().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException problem) {
            throw new InputException(
                    "data.files: \""
                            + pattern
                            + "\" is no pattern of names ("
                            + problem.getDescription()
                            + "); write one such as *.txt",
                    problem);
        }
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files =
                    found.filter(Files::isRegularFile)
                            .filter(file -> matcher.matches(file.getFileName()))
                            .filter(file -> !isHidden(folder.relativize(file)))
                            .sorted()
                            .toList();
        } catch (UncheckedIOException | IOException problem) {
            throw new DataException(
                    folder + ": cannot be listed (" + problem + "); check its permissions",
                    problem);
        }
        if (files.isEmpty()) {
            throw new DataException(
                    folder
                            + ": holds no files "
                            + pattern
                            + "; give another folder, or a file, with --data, or say with"
                            + " data.files which to read");
        }
        return files;
    }

    private static boolean isHidden(Path file) {
        return StreamSupport.stream(file.spliterator(), false)
                .anyMatch(part -> part.toString().startsWith("."));
    }
}
