package org.gradus.opencl;

import static org.jocl.CL.clReleaseKernel;
import static org.jocl.CL.clSetKernelArg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/**
 * A kernel and the arguments it holds. Setting one costs most of a launch, so those that it already
 * has are not set again. Used with the queue's lock held: a kernel's arguments are its state.
 */
final class CompiledKernel {
    private final String name;
    private final cl_kernel kernel;
    private MemoryBlock[] blocks = {};
    private long[] words = {};
    private LongBuffer wordMemory;
    private Pointer wordPointer;

    CompiledKernel(String name, cl_kernel kernel) {
        this.name = name;
        this.kernel = kernel;
    }

    /** Returns the name of the kernel function. */
    String name() {
        return name;
    }

    /** Returns the handle. */
    cl_kernel handle() {
        return kernel;
    }

    /** Sets the pointer arguments, and after them the words. */
    void setArguments(MemoryBlock[] newBlocks, long[] newWords) {
        boolean first = blocks.length != newBlocks.length;
        if (first) {
            blocks = new MemoryBlock[newBlocks.length];
        }
        for (int i = 0; i < newBlocks.length; i++) {
            if (blocks[i] != newBlocks[i]) {
                // forgotten first: where setting fails, the kernel holds neither
                blocks[i] = null;
                clSetKernelArg(kernel, i, Sizeof.cl_mem, newBlocks[i].argument());
                blocks[i] = newBlocks[i];
            }
        }
        if (first || !Arrays.equals(words, newWords)) {
            setWords(newBlocks.length, newWords);
        }
    }

    private void setWords(int position, long[] newWords) {
        if (wordMemory == null || wordMemory.capacity() != newWords.length) {
            ByteBuffer memory = ByteBuffer.allocateDirect(newWords.length * Long.BYTES);
            wordMemory = memory.order(ByteOrder.nativeOrder()).asLongBuffer();
            wordPointer = Pointer.to(memory);
        }
        wordMemory.put(0, newWords);
        words = new long[0];
        clSetKernelArg(kernel, position, (long) newWords.length * Long.BYTES, wordPointer);
        words = newWords;
    }

    /** Gives the handle back. */
    void release() {
        clReleaseKernel(kernel);
    }
}
