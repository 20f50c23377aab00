package org.gradus.cli.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.cli.input.InputException;
import org.gradus.device.Device;
import org.gradus.io.Safetensors;
import org.gradus.tensor.Scope;

/**
 * Runs steps when told to, so that another program can compare itself in alternating slices. The
 * first line of the output is {@code {"device": ..., "cases": [...]}}, each case a workload's name
 * and a label, as {@code matmul 64x64x64}. Requests are lines, each answered by a line of JSON:
 *
 * <ul>
 *   <li>{@code prepare CASE} makes the step of a case, and gives back what the one before had:
 *       {@code {"prepared": ...}}; the first case of all needs no request
 *   <li>{@code run N} takes N steps: {@code {"nanoseconds": ..., "processorNanoseconds": ...}}, the
 *       latter for the thread that asks, all there is with one thread on the CPU
 *   <li>{@code memory} tells the device's: {@code {"peakMemoryBytes": ...}}
 *   <li>{@code loss} computes the loss of a training step, without dropout: {@code {"loss": ...}}
 *   <li>{@code save FILE} writes parameters and batch of a training step as safetensors: {@code
 *       {"saved": ...}}
 *   <li>{@code quit} ends, without an answer
 * </ul>
 */
public final class Service {
    private final Stopwatch stopwatch;
    private final Device device;
    private final Map<String, Case> cases = new LinkedHashMap<>();
    private final PrintWriter out;
    private Scope scope;
    private Step step;

    /**
     * Prepares the first case.
     *
     * @param workloads what can be asked for, one case at least
     * @param out where answers go
     */
    public Service(Device device, List<Workload> workloads, PrintWriter out) {
        this.device = device;
        this.stopwatch = new Stopwatch(device, 0);
        this.out = out;
        for (Workload workload : workloads) {
            for (Case each : workload.cases()) {
                cases.put(workload.name() + " " + each.label(), each);
            }
        }
        prepare(cases.keySet().iterator().next());
        answer(Map.of("device", device.name(), "cases", cases.keySet()));
    }

    /** Answers requests until the input ends. */
    public void serve(BufferedReader requests) {
        try {
            String line = requests.readLine();
            while (line != null && !line.strip().equals("quit")) {
                answer(answerTo(line.strip()));
                line = requests.readLine();
            }
        } catch (IOException problem) {
            throw new UncheckedIOException("--serve: cannot read requests: " + problem, problem);
        }
    }

    private Map<String, Object> answerTo(String line) {
        String[] words = line.split("\\s+", 2);
        if (words[0].equals("loss") && words.length == 1) {
            return Map.of("loss", training(line).loss());
        }
        if (words[0].equals("memory") && words.length == 1) {
            return Map.of("peakMemoryBytes", device.memory().peakUsedBytes());
        }
        if (words[0].equals("run") && words.length == 2 && words[1].matches("[1-9]\\d{0,8}")) {
            return run(Integer.parseInt(words[1]));
        }
        if (words[0].equals("prepare") && words.length == 2) {
            return prepare(words[1]);
        }
        if (words[0].equals("save") && words.length == 2) {
            Path file = Path.of(words[1]);
            Safetensors.write(file, training(line).values(), Map.of());
            // So that the copies don't count as memory that steps need.
            System.gc();
            return Map.of("saved", file.toString());
        }
        throw new InputException(
                "--serve: \""
                        + line
                        + "\" is no request: write prepare CASE, run N, loss, memory, save FILE or"
                        + " quit");
    }

    private Map<String, Object> prepare(String name) {
        Case chosen = cases.get(name);
        if (chosen == null) {
            throw new InputException(
                    "--serve: there is no case \""
                            + name
                            + "\" in "
                            + String.join(", ", cases.keySet()));
        }
        if (scope != null) {
            scope.close();
        }
        scope = Scope.open();
        step = chosen.preparation().apply(device);
        return Map.of("prepared", name);
    }

    private TrainingStep training(String request) {
        if (step instanceof TrainingStep training) {
            return training;
        }
        throw new InputException(
                "--serve: \"" + request + "\" is asked of training steps only, as mlp");
    }

    private Map<String, Object> run(int steps) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        long nanoseconds = stopwatch.time(step, steps);
        return Map.of(
                "nanoseconds",
                nanoseconds,
                "processorNanoseconds",
                threads.getCurrentThreadCpuTime() - before);
    }

    private void answer(Map<String, Object> answer) {
        out.println(new JsonMapper().valueToTree(answer).toString());
        out.flush();
    }
}
