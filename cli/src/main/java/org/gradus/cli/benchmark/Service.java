package org.gradus.cli.benchmark;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Map;
import org.gradus.cli.input.InputException;
import org.gradus.device.Device;
import org.gradus.io.Safetensors;

/**
 * Runs steps of a training when told to, so that another program can compare itself in alternating
 * slices. Requests are lines, each answered by a line of JSON:
 *
 * <ul>
 *   <li>{@code run N} takes N steps: {@code {"nanoseconds": ..., "processorNanoseconds": ...}}, the
 *       latter for the thread that asks, all there is with one thread on the CPU
 *   <li>{@code loss} computes the loss without dropout: {@code {"loss": ...}}
 *   <li>{@code memory} tells the device's: {@code {"peakMemoryBytes": ...}}
 *   <li>{@code save FILE} writes parameters and batch as safetensors: {@code {"saved": ...}}
 *   <li>{@code quit} ends, without an answer
 * </ul>
 */
public final class Service {
    private final Stopwatch stopwatch;
    private final Device device;
    private final TrainingStep step;
    private final PrintWriter out;

    /**
     * Prepares a training step.
     *
     * @param out where answers go
     * @throws InputException if the workload is not a training step
     */
    public Service(Device device, Workload workload, PrintWriter out) {
        Step prepared = workload.cases().getFirst().preparation().apply(device);
        if (!(prepared instanceof TrainingStep training)) {
            throw new InputException(
                    "--serve: \"" + workload.name() + "\" is no training step; name one, as mlp");
        }
        this.device = device;
        this.step = training;
        this.stopwatch = new Stopwatch(device, 0);
        this.out = out;
        answer(Map.of("workload", workload.name(), "device", device.name()));
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
            return Map.of("loss", step.loss());
        }
        if (words[0].equals("memory") && words.length == 1) {
            return Map.of("peakMemoryBytes", device.memory().peakUsedBytes());
        }
        if (words[0].equals("run") && words.length == 2 && words[1].matches("[1-9]\\d{0,8}")) {
            return run(Integer.parseInt(words[1]));
        }
        if (words[0].equals("save") && words.length == 2) {
            Path file = Path.of(words[1]);
            Safetensors.write(file, step.values(), Map.of());
            return Map.of("saved", file.toString());
        }
        throw new InputException(
                "--serve: \""
                        + line
                        + "\" is no request: write run N, loss, memory, save FILE or quit");
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
