package org.gradus.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.gradus.cli.recipe.Recipe;
import org.gradus.train.TrainingResult;

/** Makes the page of a run: one HTML file that needs no other, with its numbers and curves. */
final class Report {
    private static final String TEMPLATE = "report.html";

    private Report() {}

    /** Returns the page. */
    static String html(Summary summary, RunDirectory run) {
        Recipe recipe = summary.recipe();
        History history = History.read(run.metrics());
        Map<String, String> values = new LinkedHashMap<>();
        values.put("title", escape(recipe.name()));
        values.put("description", escape(recipe.description()));
        values.put("outcome", escape(outcome(summary.result())));
        values.put("figures", figures(summary));
        values.put("charts", charts(history));
        values.put("epochs", epochs(history));
        values.put("samples", SampleGallery.html(run.samples()));
        values.put("config", escape(recipe.yaml()));
        String page = template();
        for (Map.Entry<String, String> value : values.entrySet()) {
            page = page.replace("{{" + value.getKey() + "}}", value.getValue());
        }
        return page;
    }

    private static String outcome(TrainingResult result) {
        String ending =
                switch (result.outcome()) {
                    case COMPLETED -> "Completed";
                    case STOPPED_EARLY -> "Stopped early, as it did not get better,";
                    case INTERRUPTED -> "Interrupted";
                };
        return ending
                + " after "
                + Numbers.whole(result.steps())
                + " steps in "
                + Numbers.duration(result.seconds());
    }

    private static String figures(Summary summary) {
        TrainingResult result = summary.result();
        Map<String, String> figures = new LinkedHashMap<>();
        result.validation()
                .forEach(
                        (name, value) ->
                                figures.put("validation " + name, Numbers.measured(value)));
        result.train()
                .forEach((name, value) -> figures.put("training " + name, Numbers.measured(value)));
        figures.put("parameters", Numbers.whole(summary.parameters()));
        figures.put("epochs", Numbers.whole(result.epochs()));
        figures.put("samples per second", Numbers.whole(Math.round(result.samplesPerSecond())));
        figures.put("peak memory", Numbers.bytes(result.peakMemoryBytes()));
        figures.put("device", summary.device() + ", " + summary.recipe().precision());
        StringJoiner html = new StringJoiner("\n");
        figures.forEach(
                (name, value) ->
                        html.add(
                                "<div class=\"figure\"><b>"
                                        + escape(value)
                                        + "</b><span>"
                                        + escape(name)
                                        + "</span></div>"));
        return html.toString();
    }

    private static String charts(History history) {
        StringJoiner html = new StringJoiner("\n");
        Curves.of(history).forEach(chart -> html.add(chart.html()));
        return html.toString();
    }

    private static String epochs(History history) {
        StringJoiner rows = new StringJoiner("\n");
        StringJoiner head = new StringJoiner("", "<tr>", "</tr>");
        history.header().forEach(name -> head.add("<th>" + escape(name) + "</th>"));
        rows.add(head.toString());
        history.rows()
                .forEach(
                        row -> {
                            StringJoiner cells = new StringJoiner("", "<tr>", "</tr>");
                            row.forEach(cell -> cells.add("<td>" + escape(cell) + "</td>"));
                            rows.add(cells.toString());
                        });
        return rows.toString();
    }

    private static String template() {
        try (InputStream in = Report.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IllegalStateException(TEMPLATE + " is missing from the program's jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
