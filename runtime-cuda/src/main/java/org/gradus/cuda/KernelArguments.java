package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.gradus.cuda.Handles.DevicePointer;

/**
 * The arguments of a kernel in native memory: the pointers, and after them the words as one struct.
 */
final class KernelArguments {
    private final int pointers;
    private final int words;
    private final MemorySegment values;
    private final MemorySegment addresses;

    /**
     * Reserves memory for so many.
     *
     * @param arena where they lie
     */
    KernelArguments(int pointers, int words, Arena arena) {
        this.pointers = pointers;
        this.words = words;
        this.values = arena.allocate(JAVA_LONG, pointers + words);
        this.addresses = arena.allocate(ADDRESS, pointers + 1);
        for (int i = 0; i <= pointers; i++) {
            addresses.setAtIndex(ADDRESS, i, values.asSlice((long) i * Long.BYTES));
        }
    }

    /** Returns whether there is room for exactly so many. */
    boolean fits(int otherPointers, int otherWords) {
        return pointers == otherPointers && words == otherWords;
    }

    void setPointers(DevicePointer[] blocks) {
        for (int i = 0; i < pointers; i++) {
            values.setAtIndex(JAVA_LONG, i, blocks[i].address());
        }
    }

    void setWord(int index, long word) {
        values.setAtIndex(JAVA_LONG, pointers + index, word);
    }

    /** Returns an array with the address of each, as the driver takes them. */
    MemorySegment addresses() {
        return addresses;
    }
}
