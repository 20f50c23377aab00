package org.gradus.device;

/** How a reduction combines elements. */
public enum ReduceOp {
    /**
     * The sum, 0 for no elements. Floats are accumulated so that the error grows no faster than the
     * logarithm of the count (blocked or pairwise).
     */
    SUM,
    /** The product, 1 for no elements. */
    PRODUCT,
    /** The largest; NaN if any is NaN. Fails for no elements. */
    MAXIMUM,
    /** The smallest; NaN if any is NaN. Fails for no elements. */
    MINIMUM,
    /** The {@code I64} position of the first largest along one axis; a NaN counts as largest. */
    ARGMAX,
    /** The {@code I64} position of the first smallest along one axis; a NaN counts as smallest. */
    ARGMIN;

    /** Returns whether the result is a position instead of a value. */
    public boolean isPosition() {
        return this == ARGMAX || this == ARGMIN;
    }
}
