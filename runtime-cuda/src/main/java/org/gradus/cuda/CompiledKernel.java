package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUmodule;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.cuda.Handles.Function;

/**
 * A kernel and native memory for the arguments of its next launch, which the driver copies: a
 * launch creates no objects. Used with the stream's lock held.
 */
final class CompiledKernel {
    private final CUmodule module;
    private final MemorySegment function;
    private final Arena arena;
    private MemorySegment values = MemorySegment.NULL;
    private MemorySegment addresses = MemorySegment.NULL;

    /**
     * Holds a kernel.
     *
     * @param arena where the arguments lie
     */
    CompiledKernel(CUmodule module, Function function, Arena arena) {
        this.module = module;
        this.function = function.handle();
        this.arena = arena;
    }

    /** Returns the module to be unloaded. */
    CUmodule module() {
        return module;
    }

    /** Returns the kernel's handle. */
    MemorySegment function() {
        return function;
    }

    /**
     * Writes the arguments: the pointers, and after them the words as one struct.
     *
     * @return an array with the address of each
     */
    MemorySegment arguments(DevicePointer[] pointers, long[] words) {
        long needed = (long) (pointers.length + words.length) * Long.BYTES;
        if (values.byteSize() != needed) {
            reserve(pointers.length, words.length);
        }
        for (int i = 0; i < pointers.length; i++) {
            values.setAtIndex(JAVA_LONG, i, pointers[i].address());
        }
        for (int i = 0; i < words.length; i++) {
            values.setAtIndex(JAVA_LONG, pointers.length + i, words[i]);
        }
        return addresses;
    }

    private void reserve(int pointers, int words) {
        values = arena.allocate(JAVA_LONG, pointers + words);
        addresses = arena.allocate(ADDRESS, pointers + 1);
        for (int i = 0; i <= pointers; i++) {
            addresses.setAtIndex(ADDRESS, i, values.asSlice((long) i * Long.BYTES));
        }
    }
}
