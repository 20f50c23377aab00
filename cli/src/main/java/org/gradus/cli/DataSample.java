package org.gradus.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.gradus.cli.input.InputException;
import org.gradus.cli.run.Numbers;
import org.gradus.data.Dataset;
import org.gradus.data.DatasetContents;
import org.gradus.data.LabeledTexts;
import org.gradus.data.NaiveForecast;
import org.gradus.data.Parts;
import org.gradus.data.Sample;
import org.gradus.data.Split;
import org.gradus.data.TextPairs;
import org.gradus.data.TimeSeriesWindows;
import org.gradus.shape.Shape;

/** Prints how much there is in a data set and one sample of it. */
final class DataSample {
    /** From black to white, for terminals that are dark. */
    private static final String SHADES = " .:-=+*#%@";

    /** How much of a text is shown. */
    private static final int LINES = 12;

    private static final int COLUMNS = 100;

    private final PrintWriter out;
    private final int index;

    DataSample(PrintWriter out, int index) {
        this.out = out;
        this.index = index;
    }

    void show(DatasetContents contents) {
        out.println();
        switch (contents) {
            case DatasetContents.Samples samples -> samples(samples.split());
            case DatasetContents.Text text -> text(text.parts());
            case DatasetContents.Texts texts -> texts(texts.parts());
            case DatasetContents.Pairs pairs -> pairs(pairs.parts());
        }
    }

    private void samples(Split split) {
        if (split.validation() instanceof TimeSeriesWindows windows) {
            series(split.train(), windows);
            return;
        }
        count(split.train());
        count(split.validation());
        requireIndex(split.train().size());
        Sample sample = split.train().get(index);
        heading(split.train().classes().get((int) sample.target().getLong(0)));
        draw(sample);
    }

    /** Reads every sample once, which is the check. */
    private void count(Dataset part) {
        int[] counts = new int[part.classes().size()];
        for (int i = 0; i < part.size(); i++) {
            counts[(int) part.get(i).target().getLong(0)]++;
        }
        StringJoiner text = new StringJoiner(", ");
        for (int label = 0; label < counts.length; label++) {
            text.add(part.classes().get(label) + " " + Numbers.whole(counts[label]));
        }
        out.println(part.description() + ": " + Numbers.whole(part.size()) + " samples");
        out.println("  " + text);
    }

    private void series(Dataset train, TimeSeriesWindows validation) {
        for (Dataset part : List.of(train, validation)) {
            out.println(part.description() + ": " + Numbers.whole(part.size()) + " windows");
        }
        for (NaiveForecast naive : List.of(validation.persistence(), validation.seasonal(365))) {
            out.printf(
                    Locale.ROOT,
                    "  error to beat: %.3f standard deviations (mean absolute, %s)%n",
                    naive.meanAbsoluteError(),
                    naive.name());
        }
        requireIndex(train.size());
        Sample sample = train.get(index);
        heading("a row for each day given, standardized");
        out.println("  " + String.join("  ", validation.columns()));
        int rows = sample.input().shape().size(0);
        for (int row = 0; row < rows; row++) {
            StringBuilder line = new StringBuilder(" ");
            float[] values = sample.input().row(row).toFloats();
            for (int column = 0; column < values.length; column++) {
                int width = validation.columns().get(column).length() + (column == 0 ? 1 : 2);
                line.append(String.format(Locale.ROOT, "%" + width + ".2f", values[column]));
            }
            out.println(line);
        }
        out.println("  to forecast: " + numbers(sample.target().toFloats()));
    }

    private static String numbers(float[] values) {
        StringJoiner text = new StringJoiner(", ");
        for (float value : values) {
            text.add(String.format(Locale.ROOT, "%.2f", value));
        }
        return text.toString();
    }

    private void text(Parts<String> parts) {
        out.println("to train on: " + Numbers.whole(parts.train().length()) + " characters");
        out.println(
                "to validate on: " + Numbers.whole(parts.validation().length()) + " characters");
        int[] characters = (parts.train() + parts.validation()).codePoints().distinct().toArray();
        Arrays.sort(characters);
        out.println("different characters: " + Numbers.whole(characters.length));
        List<String> lines = parts.train().lines().toList();
        requireIndex(lines.size());
        heading("lines from there on");
        excerpt(lines.subList(index, lines.size()));
    }

    private void texts(Parts<LabeledTexts> parts) {
        for (LabeledTexts part : List.of(parts.train(), parts.validation())) {
            out.println(part.description() + ": " + Numbers.whole(part.size()) + " texts");
            out.println(
                    part.classes().stream()
                            .map(
                                    name ->
                                            name
                                                    + " "
                                                    + Numbers.whole(
                                                            Collections.frequency(
                                                                    part.labels(), name)))
                            .collect(Collectors.joining(", ", "  ", "")));
        }
        requireIndex(parts.train().size());
        heading(parts.train().labels().get(index));
        excerpt(parts.train().texts().get(index).lines().toList());
    }

    private void pairs(Parts<TextPairs> parts) {
        for (TextPairs part : List.of(parts.train(), parts.validation())) {
            out.println(part.description() + ": " + Numbers.whole(part.size()) + " pairs");
        }
        requireIndex(parts.train().size());
        heading("pairs from there on");
        excerpt(
                parts.train().pairs().stream()
                        .skip(index)
                        .limit(LINES)
                        .map(pair -> pair.source() + "  ->  " + pair.target())
                        .toList());
    }

    private void excerpt(List<String> lines) {
        for (String line : lines.subList(0, Math.min(LINES, lines.size()))) {
            String visible = line.replaceAll("\\p{Cntrl}", " ").stripTrailing();
            boolean whole = visible.length() <= COLUMNS;
            out.println("  " + (whole ? visible : visible.substring(0, COLUMNS - 3) + "..."));
        }
        if (lines.size() > LINES) {
            out.println("  ...");
        }
    }

    private void heading(String what) {
        out.println();
        out.println("sample " + index + ": " + what);
    }

    private void requireIndex(int size) {
        if (index < 0 || index >= size) {
            throw new InputException(
                    "--index: there are the samples 0 to " + (size - 1) + ", not " + index);
        }
    }

    private void draw(Sample sample) {
        Shape shape = sample.input().shape();
        float[] pixels = sample.input().toFloats();
        int height = shape.size(1);
        int width = shape.size(2);
        for (int row = 0; row < height; row++) {
            StringBuilder text = new StringBuilder("  ");
            for (int column = 0; column < width; column++) {
                float shade = 0;
                for (int channel = 0; channel < shape.size(0); channel++) {
                    shade += pixels[(channel * height + row) * width + column] / shape.size(0);
                }
                char mark = SHADES.charAt(Math.round(shade * (SHADES.length() - 1)));
                // Two marks per pixel: letters are about twice as high as wide.
                text.append(mark).append(mark);
            }
            out.println(text.toString().stripTrailing());
        }
    }
}
