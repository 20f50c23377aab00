package org.gradus.device;

import org.gradus.dtype.DType;

/** A block of a device's memory that holds elements of one type. */
public interface Buffer {
    /** Returns the type of the elements. */
    DType dtype();

    /** Returns the number of elements. */
    long length();

    /**
     * Gives the block back to its device's cache. The content may be overwritten by the next
     * allocation, in stream order.
     *
     * @throws IllegalStateException if it was released before
     */
    void release();
}
