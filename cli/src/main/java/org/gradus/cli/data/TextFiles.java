package org.gradus.cli.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gradus.data.DataException;
import org.gradus.data.TextFile;

/** Texts of the user's. */
final class TextFiles {
    private TextFiles() {}

    /**
     * Returns the text of a file, or of all files below a folder whose names end in {@code .txt},
     * in the order of their paths.
     *
     * @throws DataException if there is none, or one is empty or not in UTF-8
     */
    static String read(Path path) {
        String text =
                Files.isDirectory(path)
                        ? files(path).stream().map(TextFile::read).collect(Collectors.joining("\n"))
                        : TextFile.read(path);
        if (text.isBlank()) {
            throw new DataException(
                    path + ": there is no text in it; give a text to learn from, with --data");
        }
        return text;
    }

    private static List<Path> files(Path folder) {
        List<Path> files;
        try (Stream<Path> found =
                Files.find(
                        folder,
                        Integer.MAX_VALUE,
                        (file, kind) -> kind.isRegularFile() && file.toString().endsWith(".txt"))) {
            files = found.sorted().toList();
        } catch (IOException problem) {
            throw new DataException(
                    folder + ": cannot be listed (" + problem + "); check its permissions",
                    problem);
        }
        if (files.isEmpty()) {
            throw new DataException(
                    folder + ": holds no .txt files; give another folder, or a file, with --data");
        }
        return files;
    }
}
