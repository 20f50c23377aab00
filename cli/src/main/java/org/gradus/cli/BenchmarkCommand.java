package org.gradus.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.gradus.cli.benchmark.Case;
import org.gradus.cli.benchmark.Results;
import org.gradus.cli.benchmark.Service;
import org.gradus.cli.benchmark.Stopwatch;
import org.gradus.cli.benchmark.Workload;
import org.gradus.cli.benchmark.Workloads;
import org.gradus.cli.input.InputException;
import org.gradus.cli.input.Names;
import org.gradus.cli.run.DeviceChoice;
import org.gradus.dtype.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures how fast training steps and single operations are. */
@Command(
        name = "benchmark",
        description = {
            "Measures how fast training steps and single operations are on a device.",
            "",
            "Each runs as your own program would run it. After a warm-up, which ends when steps no"
                    + " longer get faster, steps are timed in slices. Without names the"
                    + " workloads are measured one after the other, but for those that take"
                    + " minutes on a processor; name one for figures that the others do"
                    + " not disturb.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  gradus benchmark mlp",
            "  gradus benchmark matmul conv --device opencl --json",
            "  gradus benchmark matmul --case 1024x1024x1024 --threads 1"
        })
final class BenchmarkCommand implements Runnable {
    private static final double DEFAULT_SECONDS = 10;

    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "WORKLOAD",
            completionCandidates = WorkloadNames.class,
            description = "What to measure, from the list below.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--device",
            paramLabel = "D",
            defaultValue = "auto",
            description = "auto (the default), cpu, cuda, cuda:1, opencl:0, ...")
    private String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the CPU device; by default one for each core.")
    private int threads;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "f32",
            description =
                    "Of the products in training steps and of what lies between them: f32 (the"
                            + " default) or bf16.")
    private String precision;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "The most time for each case, warm-up included; by default 10. A case takes"
                            + " a few steps at least.")
    private double seconds = DEFAULT_SECONDS;

    @Option(
            names = "--case",
            paramLabel = "TEXT",
            description = "Only cases with this in their label, such as 1024x1024.")
    private String label = "";

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = "--serve",
            hidden = true,
            description = "Take steps when told to on the standard input.")
    private boolean serve;

    BenchmarkCommand() {}

    /** Takes what picocli knows of this command, and adds the workloads to its help. */
    @Spec
    void describe(CommandSpec description) {
        spec = description;
        List<String> footer = new ArrayList<>(List.of("", "Workloads:"));
        for (Workload workload : Workloads.all()) {
            footer.add("  %-10s %s".formatted(workload.name(), workload.description()));
        }
        footer.addAll(List.of(spec.usageMessage().footer()));
        spec.usageMessage().footer(footer.toArray(String[]::new));
    }

    /** The names that the shell completes. */
    static final class WorkloadNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Workloads.names().iterator();
        }
    }

    @Override
    public void run() {
        check();
        List<Workload> workloads =
                names.isEmpty()
                        ? Workloads.usual()
                        : names.stream()
                                .distinct()
                                .map(name -> Workloads.find(name).in(type()))
                                .toList();
        requireCase(workloads);
        DeviceChoice choice = DeviceChoice.open(device, threads);
        PrintWriter out = spec.commandLine().getOut();
        if (serve) {
            InputStreamReader in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
            new Service(choice.device(), workloads, out).serve(new BufferedReader(in));
            return;
        }
        ObjectNode report = Results.report(choice.device());
        if (!json) {
            Results.printHead(out, report);
        }
        Stopwatch stopwatch = new Stopwatch(choice.device(), seconds);
        boolean first = true;
        for (Workload workload : workloads) {
            for (Case each : chosen(workload)) {
                ObjectNode result = Results.json(stopwatch.measure(workload.name(), each, first));
                first = false;
                report.withArray("results").add(result);
                if (!json) {
                    Results.printRow(out, result);
                }
            }
        }
        if (json) {
            out.println(report.toPrettyString());
        } else {
            Results.printLegend(out);
        }
    }

    private DType type() {
        return precision.equals("bf16") ? DType.BF16 : DType.F32;
    }

    private List<Case> chosen(Workload workload) {
        return workload.cases().stream().filter(each -> each.label().contains(label)).toList();
    }

    private void requireCase(List<Workload> workloads) {
        if (workloads.stream().allMatch(workload -> chosen(workload).isEmpty())) {
            List<String> labels =
                    workloads.stream()
                            .flatMap(workload -> workload.cases().stream())
                            .map(Case::label)
                            .toList();
            throw new InputException(
                    "--case: no label contains \""
                            + label
                            + "\": "
                            + Names.suggestion(label, labels));
        }
    }

    private void check() {
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new InputException("--seconds: is a number above 0, not " + seconds);
        }
        if (!List.of("f32", "bf16").contains(precision)) {
            throw new InputException("--precision: is f32 or bf16, not \"" + precision + "\"");
        }
        if (names.isEmpty() && type() != DType.F32) {
            throw new InputException("--precision: name the training steps, as mlp");
        }
        if (threads < 0) {
            throw new InputException("--threads: is 1 or more, not " + threads);
        }
        if (serve && names.isEmpty()) {
            throw new InputException("--serve: name workloads, as mlp or matmul conv");
        }
    }
}
