package org.gradus.kernels.runtime;

import java.lang.foreign.MemorySegment;
import org.gradus.device.Buffer;
import org.gradus.dtype.DType;

/**
 * A block of a device's memory, from its {@link MemoryPool}; it may be longer than asked for.
 *
 * @param <B> what the driver calls a block
 */
public final class PooledBuffer<B> implements Buffer {
    private final MemoryPool<B> pool;
    private final DType dtype;
    private final long length;
    private final long bytes;
    private final BlockOwner<B> owner;
    private volatile B block;

    PooledBuffer(
            MemoryPool<B> pool,
            DType dtype,
            long length,
            long bytes,
            B block,
            BlockOwner<B> owner) {
        this.pool = pool;
        this.dtype = dtype;
        this.length = length;
        this.bytes = bytes;
        this.block = block;
        this.owner = owner;
    }

    /** Returns whose block this is, null if it is the pool's. */
    BlockOwner<B> owner() {
        return owner;
    }

    @Override
    public DType dtype() {
        return dtype;
    }

    @Override
    public long length() {
        return length;
    }

    /** Returns the size of the block. */
    long bytes() {
        return bytes;
    }

    /** Returns whether a pool made this. */
    boolean isOf(MemoryPool<?> other) {
        return pool == other;
    }

    /**
     * Returns the memory.
     *
     * @throws IllegalStateException if it was released
     */
    B block() {
        B memory = block;
        if (memory == null) {
            throw new IllegalStateException(
                    "a buffer of " + length + " " + dtype + " is used after it was released");
        }
        return memory;
    }

    @Override
    public void release() {
        pool.release(this);
    }

    /** Takes the memory away; the pool calls this with its lock held. */
    B detach() {
        B memory = block;
        if (memory == null) {
            throw new IllegalStateException(
                    "a buffer of " + length + " " + dtype + " was released twice");
        }
        block = null;
        return memory;
    }

    /**
     * Checks a copy, as a driver that copies beyond the end of a buffer ends the process.
     *
     * @param start the first element of the buffer
     * @throws IndexOutOfBoundsException if the buffer has fewer elements than the host's memory
     */
    public static void checkRange(MemorySegment host, Buffer buffer, long start) {
        long width = buffer.dtype().bytes();
        if (start < 0 || start * width + host.byteSize() > buffer.length() * width) {
            throw new IndexOutOfBoundsException(
                    host.byteSize()
                            + " bytes from element "
                            + start
                            + " on are not within "
                            + buffer.length()
                            + " elements of "
                            + buffer.dtype());
        }
    }

    @Override
    public String toString() {
        return "buffer of " + length + " " + dtype;
    }
}
