package org.gradus.metrics;

/**
 * The harmonic mean of precision and recall, called {@code f1}.
 *
 * <p>Outputs and targets are as for {@link Accuracy}. A class without any counts as 0, as in
 * scikit-learn.
 */
public final class F1 extends ClassScore {
    private F1(boolean binary, int classes) {
        super("f1", binary, classes);
    }

    /** Returns the f1 of class 1 of two. */
    public static F1 binary() {
        return new F1(true, 2);
    }

    /**
     * Returns the mean of the f1 of all classes that are predicted or expected at all.
     *
     * @param classes the number of classes, at least 2
     * @throws IllegalArgumentException if there are fewer
     */
    public static F1 macro(int classes) {
        return new F1(false, classes);
    }

    @Override
    double score(long hits, long predicted, long actual) {
        return 2.0 * hits / (predicted + actual);
    }
}
