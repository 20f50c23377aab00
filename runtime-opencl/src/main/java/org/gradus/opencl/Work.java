package org.gradus.opencl;

import static org.jocl.CL.clReleaseMemObject;
import static org.jocl.CL.clRetainMemObject;

import java.util.List;
import org.gradus.kernels.KernelSource;

/** What is put into the queue, now or when the kernels before it are compiled. */
sealed interface Work {
    /** Returns the memory that is read or written. */
    List<MemoryBlock> memory();

    /** Keeps the memory from being given back to the system while the work waits. */
    default void retain() {
        memory().forEach(block -> clRetainMemObject(block.memory()));
    }

    /** Ends what {@link #retain} began. */
    default void release() {
        memory().forEach(block -> clReleaseMemObject(block.memory()));
    }

    /**
     * A kernel with its arguments.
     *
     * @param groups the number of work-groups
     * @param blocks the pointer arguments
     * @param words the last argument
     */
    record Launch(KernelSource source, long groups, MemoryBlock[] blocks, long[] words)
            implements Work {
        @Override
        public List<MemoryBlock> memory() {
            return List.of(blocks);
        }
    }

    /**
     * A copy to the device.
     *
     * @param content belongs to the copy
     * @param start the position in bytes
     */
    record Upload(byte[] content, MemoryBlock target, long start) implements Work {
        @Override
        public List<MemoryBlock> memory() {
            return List.of(target);
        }
    }
}
