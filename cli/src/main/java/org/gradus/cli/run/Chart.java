package org.gradus.cli.run;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
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
    private static final Map<String, Integer> COLORS =
            Map.of("step", 0xb8c4d6, "training", 0x2f6fd0, "validation", 0xd95f0e);

    private final String title;
    private final String horizontal;
    private final Map<String, Curve> curves = new LinkedHashMap<>();

    Chart(String title, String horizontal) {
        this.title = title;
        this.horizontal = horizontal;
    }

    /** Adds a curve, unless it has no points. */
    void line(String name, Curve curve) {
        if (!curve.isEmpty()) {
            curves.put(name, curve);
        }
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
        } catch (InternalError | LinkageError problem) {
            // A Java runtime without fonts or without libraries for them: the run is good all the
            // same, and the table below has the numbers.
            return "<p>No chart of the " + title + ": this Java runtime cannot draw text.</p>";
        }
    }

    private byte[] png() {
        BufferedImage image =
                new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        try {
            graphics.scale(SCALE, SCALE);
            chart().paint(graphics, WIDTH, HEIGHT);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            // The other streams of ImageIO cannot be made any more after a signal to stop.
            try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
                ImageIO.write(image, "png", stream);
            }
            return bytes.toByteArray();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        } finally {
            graphics.dispose();
        }
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
        style.setLegendFont(plain);
        style.setLegendBorderColor(Color.WHITE);
        style.setLegendPosition(LegendPosition.OutsideS);
        style.setLegendLayout(LegendLayout.Horizontal);
        style.setMarkerSize(MARKER_SIZE);
        curves.forEach((name, curve) -> add(chart, name, curve));
        return chart;
    }

    private static void add(XYChart chart, String name, Curve curve) {
        XYSeries series = chart.addSeries(name, curve.steps(), curve.values());
        Color color = new Color(COLORS.get(name));
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setLineWidth(LINE_WIDTH);
        series.setMarker(name.equals("step") ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
    }
}
