package org.gradus.metrics;

/**
 * The share of a class's samples that are found, called {@code recall}.
 *
 * <p>Outputs and targets are as for {@link Accuracy}. A class without any counts as 0, as in
 * scikit-learn.
 */
public final class Recall extends ClassScore {
    private Recall(boolean binary, int classes) {
        super("recall", binary, classes);
    }

    /** Returns the recall of class 1 of two. */
    public static Recall binary() {
        return new Recall(true, 2);
    }

    /**
     * Returns the mean of the recall of all classes that are predicted or expected at all.
     *
     * @param classes the number of classes, at least 2
     * @throws IllegalArgumentException if there are fewer
     */
    public static Recall macro(int classes) {
        return new Recall(false, classes);
    }

    @Override
    double score(long hits, long predicted, long actual) {
        return (double) hits / actual;
    }
}
