package org.gradus.kernels;

import java.util.Optional;

/**
 * An index out of bounds, as a kernel leaves it in {@link Launcher#indexFault}: a mark, the lower
 * and the upper half of the index, the axis, and its size.
 */
public final class IndexFault {
    /** The number of {@code I32} elements. */
    public static final int LENGTH = 5;

    /** The function by which kernels check an index and leave the first one that fails. */
    public static final String CHECK =
            """
            FN i32 index_is_valid(i64 index, i64 size, i64 axis, GLOBAL i32 *fault) {
                if (index >= 0 && index < size) {
                    return 1;
                }
                if (claim(fault)) {
                    fault[1] = (i32)index;
                    fault[2] = (i32)(index >> 32);
                    fault[3] = (i32)axis;
                    fault[4] = (i32)size;
                }
                return 0;
            }
            """;

    private IndexFault() {}

    /** Returns what to throw, or nothing where all indices were in bounds. */
    public static Optional<IndexOutOfBoundsException> read(int[] words) {
        if (words[0] == 0) {
            return Optional.empty();
        }
        long index = (long) words[2] << 32 | Integer.toUnsignedLong(words[1]);
        return Optional.of(
                new IndexOutOfBoundsException(
                        "index "
                                + index
                                + " is out of bounds for axis "
                                + words[3]
                                + " of size "
                                + words[4]));
    }
}
