package org.gradus.opencl;

import org.gradus.device.Buffer;
import org.gradus.dtype.DType;

/** A block of a device's memory, from its {@link MemoryPool}; it may be longer than asked for. */
final class OpenClBuffer implements Buffer {
    private final MemoryPool pool;
    private final DType dtype;
    private final long length;
    private volatile MemoryBlock block;

    OpenClBuffer(MemoryPool pool, DType dtype, long length, MemoryBlock block) {
        this.pool = pool;
        this.dtype = dtype;
        this.length = length;
        this.block = block;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long length() {
        return length;
    }

    /**
     * Returns the memory, which must be of the given device.
     *
     * @throws IllegalStateException if it was released, or belongs to another device
     */
    MemoryBlock block(MemoryPool expected) {
        MemoryBlock memory = block;
        if (memory == null) {
            throw new IllegalStateException(
                    "a buffer of " + length + " " + dtype + " is used after it was released");
        }
        if (pool != expected) {
            throw new IllegalStateException(
                    "a buffer of another device is used on this one: copy the tensor first");
        }
        return memory;
    }

    @Override
    public void release() {
        pool.release(this);
    }

    /** Takes the memory away; the pool calls this with its lock held. */
    MemoryBlock detach() {
        MemoryBlock memory = block;
        if (memory == null) {
            throw new IllegalStateException(
                    "a buffer of " + length + " " + dtype + " was released twice");
        }
        block = null;
        return memory;
    }

    @Override
    public String toString() {
        return "OpenClBuffer of " + length + " " + dtype;
    }
}
