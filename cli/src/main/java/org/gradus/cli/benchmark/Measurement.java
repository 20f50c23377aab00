package org.gradus.cli.benchmark;

import java.util.OptionalDouble;

/**
 * What was found out about a case.
 *
 * @param workload the name of its workload
 * @param measured the case
 * @param best the shortest time of a step, in milliseconds, averaged over a slice of steps
 * @param median the median of these times
 * @param steps the steps that were timed after the warm-up
 * @param peakBytes the most memory that was in use on the device since it was opened
 * @param allocatedBytes what a step allocates on the Java heap, by all threads
 * @param warmUp what went before
 */
public record Measurement(
        String workload,
        Case measured,
        double best,
        double median,
        long steps,
        long peakBytes,
        long allocatedBytes,
        WarmUp warmUp) {
    private static final double MILLISECONDS = 1e3;
    private static final double GIGA = 1e9;

    /**
     * The time before steps take as long as they will from then on.
     *
     * @param seconds how long that took, preparation left out
     * @param lost the part of it that the same number of later steps would not have taken
     * @param firstStep seconds from the preparation's start to the end of the first step
     * @param fromStart seconds from the start of the process to there; empty where others were
     *     measured before
     * @param steady whether times had stopped falling when the time for it was up
     */
    public record WarmUp(
            double seconds,
            double lost,
            double firstStep,
            OptionalDouble fromStart,
            boolean steady) {}

    /** Returns the samples of a second; empty where nobody counts samples. */
    public OptionalDouble samplesPerSecond() {
        return perSecond(measured.samples());
    }

    /** Returns 10⁹ floating-point operations a second; empty where they mean little. */
    public OptionalDouble gigaflops() {
        OptionalDouble operations = perSecond(measured.operations());
        return operations.isPresent()
                ? OptionalDouble.of(operations.getAsDouble() / GIGA)
                : operations;
    }

    private OptionalDouble perSecond(double perStep) {
        return perStep == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(perStep / median * MILLISECONDS);
    }
}
