package org.gradus.cli.run;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.gradus.cli.run.History.Curve;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of curves over the steps, drawn by XChart and put into a page as a picture. */
final class Chart {
    private static final int WIDTH = 560;
    private static final int HEIGHT = 340;

    /** Pixels per point, for sharp lines on fine screens. */
    private static final int SCALE = 2;

    private static final int MARKER_SIZE = 5;
    private static final float LINE_WIDTH = 1.8f;
    private static final int GRID = 0xe6e9ee;

    /** Below, ticks are labelled with powers of ten. */
    private static final double SMALLEST_PLAIN = 1e-3;

    private final String title;
    private final String horizontal;
    private final List<Line> lines = new ArrayList<>();

    /** A curve as it is drawn: its name in the legend, its color, and whether points are marked. */
    private record Line(String name, Curve curve, int color, boolean marked) {}

    Chart(String title, String horizontal) {
        this.title = title;
        this.horizontal = horizontal;
    }

    /** Adds a curve whose points are marked, unless it has none. */
    Chart line(String name, Curve curve, int color) {
        return add(new Line(name, curve, color, true));
    }

    /** Adds a curve of many points, unless it has none. */
    Chart fineLine(String name, Curve curve, int color) {
        return add(new Line(name, curve, color, false));
    }

    private Chart add(Line line) {
        if (!line.curve().isEmpty()) {
            lines.add(line);
        }
        return this;
    }

    /** Returns what it shows. */
    String title() {
        return title;
    }

    /** Returns whether it has nothing to show. */
    boolean isEmpty() {
        return lines.isEmpty();
    }

    /** Returns the chart as part of a page. */
    String html() {
        try {
            return "<div class=\"chart\"><img alt=\"Curves of the "
                    + title
                    + "\" width=\""
                    + WIDTH
                    + "\" height=\""
                    + HEIGHT
                    + "\" src=\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(png())
                    + "\"></div>";
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } catch (InternalError | LinkageError problem) {
            // A Java runtime without fonts or without libraries for them: the run is good all the
            // same, and the table below has the numbers.
            return "<p>No chart of the " + title + ": this Java runtime cannot draw text.</p>";
        }
    }

    private byte[] png() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // The other streams of ImageIO cannot be made any more after a signal to stop.
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image(), "png", stream);
        }
        return bytes.toByteArray();
    }

    /** Returns the chart as a picture. */
    BufferedImage image() {
        BufferedImage image =
                new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.scale(SCALE, SCALE);
            chart().paint(graphics, WIDTH, HEIGHT);
        } finally {
            graphics.dispose();
        }
        return image;
    }

    private XYChart chart() {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(horizontal)
                        .build();
        XYStyler style = chart.getStyler();
        style.setChartBackgroundColor(Color.WHITE);
        style.setPlotBorderVisible(false);
        style.setPlotGridLinesColor(new Color(GRID));
        style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        style.setChartTitleBoxVisible(false);
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        style.setAxisTitleFont(plain);
        style.setAxisTickLabelsFont(plain);
        style.setXAxisTickLabelsFormattingFunction(Chart::label);
        style.setYAxisTickLabelsFormattingFunction(Chart::label);
        style.setLegendFont(plain);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendPosition(LegendPosition.OutsideS);
        style.setLegendLayout(LegendLayout.Horizontal);
        style.setMarkerSize(MARKER_SIZE);
        lines.forEach(line -> add(chart, line));
        return chart;
    }

    /** Returns what stands at a tick of an axis: its own format would leave out the 0 of 0.05. */
    private static String label(double value) {
        boolean tiny = value != 0 && Math.abs(value) < SMALLEST_PLAIN;
        var symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        return new DecimalFormat(tiny ? "0.##E0" : "#,##0.####", symbols).format(value);
    }

    private static void add(XYChart chart, Line line) {
        XYSeries series = chart.addSeries(line.name(), line.curve().steps(), line.curve().values());
        Color color = new Color(line.color());
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setLineWidth(LINE_WIDTH);
        series.setMarker(line.marked() ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    }
}
