package org.gradus.train;

/** Samples per second of training, with a clock that stands still in between. */
final class Throughput {
    private long startedAt;
    private long totalNanos;
    private long totalSamples;
    private long reportedNanos;
    private long reportedSamples;

    void start() {
        startedAt = System.nanoTime();
    }

    void stop(long samples) {
        totalNanos += System.nanoTime() - startedAt;
        totalSamples += samples;
    }

    /** Returns the rate since this was last asked, 0 where nothing was done. */
    double recent() {
        double rate = rate(totalSamples - reportedSamples, totalNanos - reportedNanos);
        reportedSamples = totalSamples;
        reportedNanos = totalNanos;
        return rate;
    }

    double total() {
        return rate(totalSamples, totalNanos);
    }

    private static double rate(long samples, long nanos) {
        return nanos == 0 ? 0 : samples / (nanos * 1e-9);
    }
}
