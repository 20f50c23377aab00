import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Formats all Java sources under a folder, or checks that they are formatted: four spaces, 100
 * columns, imports sorted, unused ones removed. The build runs it; see docs/contributing.md.
 */
final class Format {

    private static final Formatter FORMATTER =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    private Format() {}

    /** Takes {@code check} or {@code apply}, and the root folder. */
    public static void main(String[] arguments) throws Exception {
        var apply = arguments[0].equals("apply");
        var root = Path.of(arguments[1]);
        var complaints =
                sources(root).parallelStream()
                        .map(file -> format(file, apply))
                        .filter(complaint -> !complaint.isEmpty())
                        .map(complaint -> complaint.replace(root + "/", ""))
                        .toList();
        complaints.forEach(System.err::println);
        if (!complaints.isEmpty()) {
            System.err.println("To format all sources: mvn -N -Pformat");
            System.exit(1);
        }
    }

    /** Returns what is wrong with a file, or an empty text. */
    private static String format(Path file, boolean apply) {
        try {
            var before = Files.readString(file);
            var imports = RemoveUnusedImports.removeUnusedImports(before);
            var after = FORMATTER.formatSource(ImportOrderer.reorderImports(imports, Style.GOOGLE));
            if (after.equals(before)) {
                return "";
            }
            if (apply) {
                Files.writeString(file, after);
                return "";
            }
            return "not formatted: " + file;
        } catch (FormatterException problem) {
            return "does not parse: " + file + ": " + problem.getMessage();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static List<Path> sources(Path root) throws IOException {
        var sources = new ArrayList<>(javaFiles(root.resolve("build")));
        try (var modules = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (var module : modules) {
                sources.addAll(javaFiles(module.resolve("src")));
            }
        }
        return sources;
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
