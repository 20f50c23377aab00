package org.gradus.metrics;

/**
 * The share of a class's predictions that are right, called {@code precision}.
 *
 * <p>Outputs and targets are as for {@link Accuracy}. A class without any counts as 0, as in
 * scikit-learn.
 */
public final class Precision extends ClassScore {
    private Precision(boolean binary, int classes) {
        super("precision", binary, classes);
    }

    /** Returns the precision of class 1 of two. */
    public static Precision binary() {
        return new Precision(true, 2);
    }

    /**
     * Returns the mean of the precision of all classes that are predicted or expected at all.
     *
     * @param classes the number of classes, at least 2
     * @throws IllegalArgumentException if there are fewer
     */
    public static Precision macro(int classes) {
        return new Precision(false, classes);
    }

    @Override
    double score(long hits, long predicted, long actual) {
        return (double) hits / predicted;
    }
}
