package org.gradus.cuda;

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
    private KernelArguments arguments;

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
        if (arguments == null || !arguments.fits(pointers.length, words.length)) {
            arguments = new KernelArguments(pointers.length, words.length, arena);
        }
        arguments.setPointers(pointers);
        for (int i = 0; i < words.length; i++) {
            arguments.setWord(i, words[i]);
        }
        return arguments.addresses();
    }
}
