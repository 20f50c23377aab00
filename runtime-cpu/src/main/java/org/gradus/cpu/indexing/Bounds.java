package org.gradus.cpu.indexing;

/** The positions that an index may name. */
record Bounds(int axis, int size) {
    /**
     * Returns an index as an {@code int}.
     *
     * @throws IndexOutOfBoundsException if there is no such position
     */
    int check(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException(
                    "index " + index + " is out of bounds for axis " + axis + " of size " + size);
        }
        return (int) index;
    }
}
