package org.gradus.device;

/**
 * Work that a device has recorded and can do again: the same kernels on the same memory, without
 * the calls that led to them. It holds the memory that it works with; see {@link Device#capture}.
 */
public interface CapturedWork extends AutoCloseable {
    /**
     * Returns whether the device has forgotten it, as other work needed its memory: to be done
     * again it must be recorded again.
     */
    boolean isForgotten();

    /**
     * Returns a number that is the same for work with the same kernels and scalar arguments, but
     * for the values of placeholders and the memory that it uses: if it differs when the same work
     * is recorded again, something has changed that the host computes.
     */
    long fingerprint();

    /**
     * Does it once more, in the order of the calls.
     *
     * @param values what takes the places of the {@linkplain Placeholder placeholders}, by their
     *     numbers, encoded as {@link org.gradus.expr.Scalars} says
     */
    void replay(long[] values);

    /** Gives it back, with the memory that is its own. */
    @Override
    void close();
}
