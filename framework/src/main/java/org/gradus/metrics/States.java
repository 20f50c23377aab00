package org.gradus.metrics;

/** The one check that restoring a metric needs. */
final class States {
    private States() {}

    static void requireSize(String metric, double[] state, int expected) {
        if (state.length != expected) {
            throw new IllegalArgumentException(
                    "the state of "
                            + metric
                            + " has "
                            + expected
                            + " numbers, not "
                            + state.length
                            + ": give the one that this metric returned");
        }
    }
}
