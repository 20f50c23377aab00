package org.gradus.cli.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import org.gradus.cli.run.Numbers;
import org.gradus.device.Device;

/** Measurements as JSON and as a table. */
public final class Results {
    private static final String ROW = "%-10s %-42s %9s %9s %10s %8s %10s %10s %8s %7s%n";

    private Results() {}

    /** Returns the beginning of a report: the device and Java; its {@code results} are empty. */
    public static ObjectNode report(Device device) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("device", device.name());
        report.put("description", device.capabilities().description());
        report.put("java", Runtime.version().toString());
        report.putArray("results");
        return report;
    }

    /** Returns a measurement as JSON. */
    public static ObjectNode json(Measurement measurement) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("workload", measurement.workload());
        node.put("case", measurement.measured().label());
        node.putObject("milliseconds")
                .put("best", measurement.best())
                .put("median", measurement.median());
        node.put("steps", measurement.steps());
        measurement.samplesPerSecond().ifPresent(rate -> node.put("samplesPerSecond", rate));
        measurement.gigaflops().ifPresent(rate -> node.put("gigaflopsPerSecond", rate));
        node.put("peakMemoryBytes", measurement.peakBytes());
        node.put("allocatedBytesPerStep", measurement.allocatedBytes());
        Measurement.WarmUp warmUp = measurement.warmUp();
        ObjectNode warming = node.putObject("warmUp");
        warming.put("seconds", warmUp.seconds());
        warming.put("lostSeconds", warmUp.lost());
        warming.put("steady", warmUp.steady());
        warming.put("firstStepSeconds", warmUp.firstStep());
        warmUp.fromStart().ifPresent(time -> warming.put("startToFirstStepSeconds", time));
        return node;
    }

    /** Prints the names of the columns. */
    public static void printHead(PrintWriter out, ObjectNode report) {
        out.println(
                report.path("device").asText()
                        + ": "
                        + report.path("description").asText()
                        + ", Java "
                        + report.path("java").asText());
        out.printf(
                ROW,
                "workload",
                "case",
                "ms/step",
                "best",
                "samples/s",
                "GFLOP/s",
                "memory",
                "heap/step",
                "start",
                "warm-up");
        out.flush();
    }

    /** Prints a measurement as a row. */
    public static void printRow(PrintWriter out, JsonNode result) {
        JsonNode warmUp = result.path("warmUp");
        out.printf(
                ROW,
                result.path("workload").asText(),
                result.path("case").asText(),
                milliseconds(result.at("/milliseconds/median").asDouble()),
                milliseconds(result.at("/milliseconds/best").asDouble()),
                number("%,.0f", result.path("samplesPerSecond")),
                number("%.1f", result.path("gigaflopsPerSecond")),
                Numbers.bytes(result.path("peakMemoryBytes").asLong()),
                Numbers.bytes(result.path("allocatedBytesPerStep").asLong()),
                number("%.2f s", warmUp.path("startToFirstStepSeconds")),
                number("%.1f s", warmUp.path("lostSeconds"))
                        + (warmUp.path("steady").asBoolean() ? "" : "+"));
        out.flush();
    }

    /** Prints what the columns mean. */
    public static void printLegend(PrintWriter out) {
        out.println();
        out.println(
                "ms/step: median of slices of at least 5 ms, after the warm-up; memory: most in");
        out.println(
                "use on the device since it was opened; heap/step: Java objects allocated by a");
        out.println("step; start: from the start of the process to the end of the first step;");
        out.println("warm-up: time lost until steps were as fast as they get (+: they may get");
        out.println("faster still, raise --seconds).");
    }

    private static String milliseconds(double value) {
        int digits = value < 0.01 ? 5 : value < 1 ? 4 : value < 100 ? 2 : 1;
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String number(String format, JsonNode value) {
        return value.isMissingNode() ? "" : String.format(Locale.ROOT, format, value.asDouble());
    }
}
