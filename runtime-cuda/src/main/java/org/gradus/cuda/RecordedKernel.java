package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.device.Placeholder;

/** A kernel within recorded work some of whose arguments differ each time. */
final class RecordedKernel {
    /** {@code CUDA_KERNEL_NODE_PARAMS}: function, grid, block, shared memory, arguments, extra. */
    private static final long PARAMETERS_BYTES = 56;

    private static final long GRID = 8;
    private static final long BLOCK = 20;
    private static final long ARGUMENTS = 40;

    private final MemorySegment node;
    private final long[] words;
    private final KernelArguments arguments;
    private final MemorySegment parameters;

    /**
     * Remembers a launch.
     *
     * @param node what it became in the graph
     * @param words the last argument, with placeholders
     * @param arena where the arguments lie
     */
    RecordedKernel(
            MemorySegment node,
            MemorySegment function,
            int groups,
            int groupSize,
            DevicePointer[] pointers,
            long[] words,
            Arena arena) {
        this.node = node;
        this.words = words.clone();
        this.arguments = new KernelArguments(pointers.length, words.length, arena);
        arguments.setPointers(pointers);
        this.parameters = arena.allocate(PARAMETERS_BYTES, Long.BYTES);
        parameters.set(ADDRESS, 0, function);
        for (int axis = 0; axis < 3; axis++) {
            parameters.set(JAVA_INT, GRID + axis * 4L, axis == 0 ? groups : 1);
            parameters.set(JAVA_INT, BLOCK + axis * 4L, axis == 0 ? groupSize : 1);
        }
        parameters.set(ADDRESS, ARGUMENTS, arguments.addresses());
    }

    /** Returns whether a launch has placeholders. */
    static boolean isNeededFor(long[] words) {
        for (long word : words) {
            if (Placeholder.is(word)) {
                return true;
            }
        }
        return false;
    }

    /** Puts values in the place of the placeholders. */
    void set(Graphs graphs, MemorySegment executable, long[] numbers) {
        for (int i = 0; i < words.length; i++) {
            long word = words[i];
            arguments.setWord(i, Placeholder.is(word) ? Placeholder.word(word, numbers) : word);
        }
        graphs.setParameters(executable, node, parameters);
    }
}
