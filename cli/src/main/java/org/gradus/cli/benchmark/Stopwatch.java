package org.gradus.cli.benchmark;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.gradus.device.Device;

/**
 * Times steps in slices. The device is waited for at the end of a slice only, so that short steps
 * follow each other as they do in a training.
 *
 * <p>First the step is repeated until it no longer gets faster: the JVM compiles what is used
 * often, and that takes seconds. Then it is timed.
 */
public final class Stopwatch {
    private static final double NANOS = 1e9;
    private static final double MILLION = 1e6;

    /** A slice is long enough that reading the clock and waiting for the device do not count. */
    private static final long SLICE_NANOS = 10_000_000;

    /** Steps got faster if the best slice is that much shorter than the best before. */
    private static final double FASTER = 0.98;

    /** Steady is what has not become faster in this part of the warm-up so far, and slices. */
    private static final double STEADY_PART = 0.4;

    private static final int STEADY_SLICES = 8;

    /** The part of the time that the warm-up may take. */
    private static final double WARM_UP_PART = 0.6;

    private static final int LEAST_SLICES = 3;

    private final Device device;
    private final double seconds;

    /** Creates a watch that takes at most so many seconds for a case, a few slices at least. */
    public Stopwatch(Device device, double seconds) {
        this.device = device;
        this.seconds = seconds;
    }

    /**
     * Prepares, warms up and times a case.
     *
     * @param first whether it is the first thing that this process does on the device
     */
    public Measurement measure(String workload, Case measured, boolean first) {
        long start = System.nanoTime();
        Step step = measured.preparation().apply(device);
        long prepared = System.nanoTime();
        time(step, 1);
        double firstStep = (System.nanoTime() - start) / NANOS;
        OptionalDouble fromStart =
                first ? OptionalDouble.of(sinceProcessStart()) : OptionalDouble.empty();

        WarmingUp warmingUp = warmUp(step, prepared);
        double warmUpSeconds = (System.nanoTime() - prepared) / NANOS;
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long allocated = threads.getTotalThreadAllocatedBytes();
        long deadline = start + (long) (seconds * NANOS);
        List<Double> times = new ArrayList<>();
        do {
            times.add(time(step, warmingUp.stepsPerSlice) / MILLION / warmingUp.stepsPerSlice);
        } while (times.size() < LEAST_SLICES || System.nanoTime() < deadline);
        long steps = (long) times.size() * warmingUp.stepsPerSlice;
        long allocatedPerStep = (threads.getTotalThreadAllocatedBytes() - allocated) / steps;
        times.sort(null);
        double median = times.get(times.size() / 2);
        double lost = Math.max(0, warmUpSeconds - warmingUp.steps * median / 1e3);
        return new Measurement(
                workload,
                measured,
                times.getFirst(),
                median,
                steps,
                device.memory().peakUsedBytes(),
                allocatedPerStep,
                new Measurement.WarmUp(
                        warmUpSeconds, lost, firstStep, fromStart, warmingUp.steady));
    }

    /** Returns the nanoseconds that some steps and the wait for the device take. */
    public long time(Step step, int steps) {
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            step.run();
        }
        device.synchronize();
        return System.nanoTime() - start;
    }

    /** How a warm-up went. */
    private record WarmingUp(int stepsPerSlice, long steps, boolean steady) {}

    private WarmingUp warmUp(Step step, long start) {
        long deadline = start + (long) (seconds * WARM_UP_PART * NANOS);
        int stepsPerSlice = 1;
        long steps = 1;
        double best = Double.MAX_VALUE;
        long bestAt = start;
        int slicesSince = 0;
        while (true) {
            long nanos = time(step, stepsPerSlice);
            long now = System.nanoTime();
            steps += stepsPerSlice;
            slicesSince++;
            double perStep = (double) nanos / stepsPerSlice;
            if (perStep < best * FASTER) {
                best = perStep;
                bestAt = now;
                slicesSince = 0;
            }
            if (nanos < SLICE_NANOS / 2) {
                stepsPerSlice *= 2;
            }
            boolean steady =
                    slicesSince >= STEADY_SLICES && now - bestAt > STEADY_PART * (now - start);
            if (steady || now >= deadline) {
                return new WarmingUp(stepsPerSlice, steps, steady);
            }
        }
    }

    private static double sinceProcessStart() {
        Instant started =
                ProcessHandle.current()
                        .info()
                        .startInstant()
                        .orElseGet(
                                () ->
                                        Instant.ofEpochMilli(
                                                ManagementFactory.getRuntimeMXBean()
                                                        .getStartTime()));
        return Duration.between(started, Instant.now()).toNanos() / NANOS;
    }
}
