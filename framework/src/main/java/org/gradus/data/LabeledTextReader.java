package org.gradus.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads texts with classes from files. */
final class LabeledTextReader {
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final Path source;
    private final List<String> texts = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();

    private LabeledTextReader(Path source) {
        this.source = source;
    }

    static LabeledTexts jsonLines(Path file, String text, String label) {
        LabeledTextReader reader = new LabeledTextReader(file);
        List<String> lines = TextFile.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                reader.json(lines.get(i), i + 1, text, label);
            }
        }
        return reader.finish();
    }

    private void json(String line, int number, String textName, String labelName) {
        String place = source + ", line " + number;
        JsonNode tree;
        try {
            tree = JSON.readTree(line);
        } catch (JacksonException problem) {
            throw new DataException(
                    place
                            + (problem.getLocation() == null
                                    ? ""
                                    : ", column " + problem.getLocation().getColumnNr())
                            + ": is not valid JSON ("
                            + problem.getOriginalMessage()
                            + "); write one object per line",
                    problem);
        }
        JsonNode text = tree.path(textName);
        JsonNode label = tree.path(labelName);
        boolean named = label.isTextual() || label.isIntegralNumber() || label.isBoolean();
        if (!text.isTextual() || !named) {
            throw new DataException(
                    place
                            + ": needs a \""
                            + textName
                            + "\" that is a string and a \""
                            + labelName
                            + "\" that is a string, a whole number or a truth value; correct or"
                            + " remove the line");
        }
        add(text.asText(), label.asText(), place);
    }

    static LabeledTexts csv(Path file, String text, String label) {
        LabeledTextReader reader = new LabeledTextReader(file);
        String content = TextFile.read(file);
        try (CsvReader<CsvRecord> rows =
                CsvReader.builder()
                        .allowUnclosedQuote(false)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .ofCsvRecord(content)) {
            List<String> names = null;
            for (CsvRecord row : rows) {
                if (names == null) {
                    names = row.getFields().stream().map(String::strip).toList();
                    reader.requireColumn(text, names);
                    reader.requireColumn(label, names);
                    continue;
                }
                String place = file + ", line " + row.getStartingLineNumber();
                if (row.getFieldCount() != names.size()) {
                    throw new DataException(
                            place
                                    + ": has "
                                    + row.getFieldCount()
                                    + " fields where "
                                    + names.size()
                                    + " are expected; put texts with commas into quotes");
                }
                reader.add(
                        row.getField(names.indexOf(text)),
                        row.getField(names.indexOf(label)).strip(),
                        place);
            }
        } catch (CsvParseException problem) {
            throw new DataException(
                    file + ": " + problem.getMessage() + "; check the quotes there", problem);
        } catch (IOException problem) {
            throw new DataException(file + ": cannot be read (" + problem + ")", problem);
        }
        return reader.finish();
    }

    private void requireColumn(String name, List<String> names) {
        if (!names.contains(name)) {
            throw new DataException(
                    source
                            + ", line 1: has no column \""
                            + name
                            + "\"; choose one of "
                            + String.join(", ", names));
        }
    }

    static LabeledTexts folder(Path root) {
        LabeledTextReader reader = new LabeledTextReader(root);
        for (Path folder : list(root).stream().filter(Files::isDirectory).toList()) {
            for (Path file : list(folder).stream().filter(Files::isRegularFile).toList()) {
                reader.add(TextFile.read(file), folder.getFileName().toString(), file.toString());
            }
        }
        return reader.finish();
    }

    /** Returns what is in a folder and not hidden, sorted. */
    static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    folder + ": there is no such folder; give one with a sub-folder per class");
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException problem) {
            throw new DataException(
                    folder + ": cannot be listed (" + problem + "); check its permissions",
                    problem);
        }
    }

    private void add(String text, String label, String place) {
        if (label.isEmpty()) {
            throw new DataException(place + ": has no label; write one or remove the text");
        }
        texts.add(text);
        labels.add(label);
    }

    private LabeledTexts finish() {
        if (texts.isEmpty()) {
            throw new DataException(source + ": has no texts; add some");
        }
        return LabeledTexts.of(texts, labels, source.getFileName().toString());
    }
}
