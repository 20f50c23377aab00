package org.gradus.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;

/** The part of a run's page that shows what its model made after the epochs. */
final class SampleGallery {
    /** Pages of long trainings would grow without end. */
    private static final int MOST = 8;

    private SampleGallery() {}

    /** Returns the section of the page, empty if there are no samples. */
    static String html(Path folder) {
        List<Path> files = chosen(files(folder));
        if (files.isEmpty()) {
            return "";
        }
        StringJoiner html = new StringJoiner("\n", "<h2>Samples</h2>\n", "");
        for (Path file : files) {
            String name = file.getFileName().toString();
            html.add("<figure class=\"sample\"><figcaption>" + name.replaceFirst("\\..*", ""));
            html.add("</figcaption>" + content(file, name) + "</figure>");
        }
        return html.toString();
    }

    private static List<Path> files(Path folder) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.{png,txt}")) {
                found.forEach(files::add);
            } catch (IOException problem) {
                throw new UncheckedIOException(
                        folder + ": cannot be listed (" + problem + ")", problem);
            }
        }
        // "epoch-100" comes after "epoch-99".
        files.sort(
                Comparator.comparingInt((Path file) -> file.getFileName().toString().length())
                        .thenComparing(Path::getFileName));
        return files;
    }

    /** Returns the first, the last, and others evenly between them. */
    private static List<Path> chosen(List<Path> files) {
        if (files.size() <= MOST) {
            return files;
        }
        List<Path> chosen = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            chosen.add(files.get(i * (files.size() - 1) / (MOST - 1)));
        }
        return chosen;
    }

    private static String content(Path file, String name) {
        try {
            if (name.endsWith(".txt")) {
                return "<pre>" + Report.escape(Files.readString(file)) + "</pre>";
            }
            return "<img alt=\"Samples\" src=\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(Files.readAllBytes(file))
                    + "\">";
        } catch (IOException problem) {
            throw new UncheckedIOException(file + ": cannot be read (" + problem + ")", problem);
        }
    }
}
