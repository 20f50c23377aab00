package org.gradus.cli.run;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.run.History.Curve;

/** The curves of runs: a chart for each thing that was measured. */
public final class Curves {
    private static final int STEPS = 0xb8c4d6;
    private static final int TRAINING = 0x2f6fd0;
    private static final int VALIDATION = 0xd95f0e;

    /** Colors that stay apart for color-blind eyes (Okabe and Ito 2008), one for each run. */
    private static final int[] RUNS = {
        0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000
    };

    /** Charts side by side. */
    private static final int COLUMNS = 2;

    private Curves() {}

    /** Returns the charts of a run. */
    static List<Chart> of(History history) {
        List<Chart> charts = new ArrayList<>();
        for (String metric : history.metrics()) {
            Chart chart = new Chart(metric, "step");
            if (metric.equals("loss")) {
                chart.fineLine("step", history.steps(), STEPS);
            }
            charts.add(
                    chart.line("training", history.epochs("train", metric), TRAINING)
                            .line("validation", history.epochs("validation", metric), VALIDATION));
        }
        if (charts.isEmpty() && !history.steps().isEmpty()) {
            charts.add(new Chart("loss", "step").fineLine("step", history.steps(), STEPS));
        }
        return charts;
    }

    /**
     * Draws the curves of one run, or those of several one above the other.
     *
     * @param runs the runs, which may still be going on
     * @param metrics the names of what to show; none for all that was measured
     * @return the charts, two in a row
     * @throws InputException if nothing was measured yet, if a metric is unknown, or if there are
     *     more runs than colors
     */
    public static BufferedImage draw(List<RunDirectory> runs, List<String> metrics) {
        Map<String, History> histories = new LinkedHashMap<>();
        for (RunDirectory run : runs) {
            String name = run.root().getFileName().toString();
            histories.put(
                    histories.containsKey(name) ? run.root().toString() : name, measured(run));
        }
        if (histories.size() > RUNS.length) {
            throw new InputException(
                    "%d runs are too many for one chart; give at most %d"
                            .formatted(histories.size(), RUNS.length));
        }
        Set<String> known = new LinkedHashSet<>();
        histories
                .values()
                .forEach(history -> Curves.of(history).forEach(c -> known.add(c.title())));
        for (String metric : metrics) {
            if (!known.contains(metric)) {
                throw new InputException(
                        "no \"%s\" was measured; there is %s%s"
                                .formatted(
                                        metric,
                                        String.join(", ", known),
                                        Names.nearest(metric, known)
                                                .map(name -> ": did you mean " + name + "?")
                                                .orElse("")));
            }
        }
        List<Chart> charts =
                histories.size() == 1
                        ? Curves.of(histories.values().iterator().next())
                        : known.stream().map(metric -> compared(metric, histories)).toList();
        return sideBySide(
                charts.stream()
                        .filter(chart -> metrics.isEmpty() || metrics.contains(chart.title()))
                        .filter(chart -> !chart.isEmpty())
                        .toList());
    }

    /** Writes a picture to a PNG file. */
    public static void write(BufferedImage image, Path file) {
        try {
            if (file.toAbsolutePath().getParent() instanceof Path folder) {
                Files.createDirectories(folder);
            }
            ImageIO.write(image, "png", file.toFile());
        } catch (IOException problem) {
            throw new InputException(
                    file + ": cannot be written (" + problem + "); choose another with --out",
                    problem);
        }
    }

    private static History measured(RunDirectory run) {
        if (Files.isRegularFile(run.metrics())) {
            History history = History.read(run.metrics());
            if (!of(history).isEmpty()) {
                return history;
            }
        }
        throw new InputException(run.root() + ": nothing was measured yet; train some more steps");
    }

    /** One metric of several runs: on the validation set, or in training where there is none. */
    private static Chart compared(String metric, Map<String, History> histories) {
        boolean validated =
                histories.values().stream()
                        .anyMatch(history -> !history.epochs("validation", metric).isEmpty());
        String part = validated ? "validation" : "train";
        Chart chart = new Chart(metric, validated ? "step, validation" : "step, training");
        int color = 0;
        for (Map.Entry<String, History> run : histories.entrySet()) {
            Curve curve = run.getValue().epochs(part, metric);
            chart.line(run.getKey(), curve, RUNS[color++]);
        }
        return chart;
    }

    private static BufferedImage sideBySide(List<Chart> charts) {
        List<BufferedImage> images = charts.stream().map(Chart::image).toList();
        int width = images.getFirst().getWidth();
        int height = images.getFirst().getHeight();
        int columns = Math.min(COLUMNS, images.size());
        int rows = Math.ceilDiv(images.size(), columns);
        BufferedImage all =
                new BufferedImage(width * columns, height * rows, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = all.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, all.getWidth(), all.getHeight());
            for (int i = 0; i < images.size(); i++) {
                graphics.drawImage(images.get(i), i % columns * width, i / columns * height, null);
            }
        } finally {
            graphics.dispose();
        }
        return all;
    }
}
