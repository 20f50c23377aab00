package org.gradus.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.gradus.data.ColorMode;
import org.gradus.data.DataException;
import org.gradus.data.Idx;
import org.gradus.data.Images;
import org.gradus.data.Table;
import org.gradus.io.Npy;
import org.gradus.io.Npz;
import org.gradus.io.Safetensors;
import org.gradus.tensor.HostArray;

/** Prints what is in a file of tensors, pictures or tables. */
public final class FileContents {
    private static final int MAGIC_BYTES = 8;
    private static final int LONGEST_METADATA = 400;

    private FileContents() {}

    /**
     * Prints what is in a file. What it is, is told by its first bytes, else by its name.
     *
     * @throws DataException if the file is damaged or of an unknown kind
     */
    public static void print(Path file, PrintWriter out) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String magic = magic(file);
        if (magic.startsWith("\u0093NUMPY") || name.endsWith(".npy")) {
            tensors(file, "NumPy array", Map.of("array", Npy.read(file)), out);
        } else if (magic.startsWith("PK") || name.endsWith(".npz")) {
            tensors(file, "NumPy arrays", Npz.read(file), out);
        } else if (magic.startsWith("\u0089PNG") || magic.startsWith("\u00ff\u00d8")) {
            tensors(file, "picture", Map.of("pixels", Images.read(file, ColorMode.RGB)), out);
        } else if (name.endsWith(".safetensors") || magic.startsWith("{", MAGIC_BYTES)) {
            safetensors(file, out);
        } else if (name.endsWith(".csv")) {
            table(file, out);
        } else if (isIdx(magic) || name.contains("idx")) {
            tensors(file, "IDX", Map.of("elements", Idx.read(file)), out);
        } else {
            throw new DataException(
                    file
                            + ": is of no kind that is known here: give safetensors, npy, npz, IDX,"
                            + " CSV, PNG or JPEG");
        }
    }

    private static boolean isIdx(String magic) {
        return magic.startsWith("\0\0") || magic.startsWith("\u001f\u008b");
    }

    /** The first bytes of a file, each as a character. */
    private static String magic(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAGIC_BYTES + 1), StandardCharsets.ISO_8859_1);
        } catch (IOException problem) {
            throw new DataException(
                    file + ": cannot be read (" + problem + "); check its permissions", problem);
        }
    }

    private static void safetensors(Path file, PrintWriter out) {
        Safetensors content = Safetensors.open(file);
        out.println(file + ": safetensors, " + content.entries().size() + " tensors");
        content.metadata().forEach((name, text) -> out.println("  " + name + " = " + cut(text)));
        tensors(content.readAll(), out);
    }

    /** Metadata may hold whole documents. */
    private static String cut(String text) {
        return text.length() <= LONGEST_METADATA
                ? text
                : text.substring(0, LONGEST_METADATA) + "... (" + text.length() + " characters)";
    }

    private static void table(Path file, PrintWriter out) {
        Table table = Table.read(file);
        out.println(
                file
                        + ": CSV, "
                        + table.columns().size()
                        + " columns, "
                        + Numbers.whole(table.rows().size())
                        + " rows");
        table.columns().forEach(column -> out.println("  " + ColumnContents.of(table, column)));
    }

    private static void tensors(
            Path file, String kind, Map<String, HostArray> tensors, PrintWriter out) {
        out.println(file + ": " + kind);
        tensors(tensors, out);
    }

    private static void tensors(Map<String, HostArray> tensors, PrintWriter out) {
        int width = tensors.keySet().stream().mapToInt(String::length).max().orElse(0);
        long elements = 0;
        long bytes = 0;
        for (Map.Entry<String, HostArray> tensor : tensors.entrySet()) {
            HostArray array = tensor.getValue();
            out.printf(
                    "  %-" + Math.max(1, width) + "s  %-5s %-20s %s%n",
                    tensor.getKey(),
                    array.dtype(),
                    array.shape(),
                    range(array));
            elements += array.shape().elements();
            bytes += array.data().byteSize();
        }
        out.println("  " + Numbers.whole(elements) + " elements, " + Numbers.bytes(bytes));
    }

    private static String range(HostArray array) {
        long elements = array.shape().elements();
        if (elements == 0) {
            return "empty";
        }
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        double sum = 0;
        long notNumbers = 0;
        for (long i = 0; i < elements; i++) {
            double value = array.get(i);
            if (Double.isNaN(value)) {
                notNumbers++;
            } else {
                least = Math.min(least, value);
                most = Math.max(most, value);
                sum += value;
            }
        }
        String nans = notNumbers == 0 ? "" : ", " + Numbers.whole(notNumbers) + " NaN";
        if (notNumbers == elements) {
            return "all NaN";
        }
        return elements == 1
                ? "= " + Numbers.measured(sum)
                : Numbers.measured(least)
                        + " to "
                        + Numbers.measured(most)
                        + ", mean "
                        + Numbers.measured(sum / (elements - notNumbers))
                        + nans;
    }
}
