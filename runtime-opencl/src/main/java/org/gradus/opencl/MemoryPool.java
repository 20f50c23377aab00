package org.gradus.opencl;

import static org.jocl.CL.CL_INVALID_BUFFER_SIZE;
import static org.jocl.CL.CL_MEM_OBJECT_ALLOCATION_FAILURE;
import static org.jocl.CL.CL_MEM_READ_WRITE;
import static org.jocl.CL.CL_OUT_OF_HOST_MEMORY;
import static org.jocl.CL.CL_OUT_OF_RESOURCES;
import static org.jocl.CL.clCreateBuffer;
import static org.jocl.CL.clReleaseMemObject;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.gradus.device.DeviceException;
import org.gradus.device.MemoryReport;
import org.gradus.dtype.DType;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_context;
import org.jocl.cl_mem;

/**
 * Hands out memory objects and keeps the released ones for the next request of their size. As all
 * work runs in one queue, a block may be handed out again while a kernel still reads it.
 *
 * <p>Sizes are rounded up to classes, four to each power of two, so that a kept block wastes at
 * most a fifth. Thread-safe.
 */
final class MemoryPool {
    private static final long SMALLEST = 256;

    private final cl_context context;
    private final String device;
    private final long limit;
    private final long largest;
    private final boolean exact;
    private final Map<Long, ArrayDeque<MemoryBlock>> cache = new HashMap<>();
    private long used;
    private long cached;
    private long peak;
    private long buffers;
    private long blocks;
    private boolean closed;

    /**
     * Creates an empty pool.
     *
     * @param device the device's name, for messages
     * @param limit the most bytes that are used and kept together
     * @param largest the most bytes of one block
     * @param exact whether blocks are as small as asked for and never used again, so that a
     *     simulator sees what reads or writes beyond a buffer, or before it was written; nor given
     *     back before the end, as Oclgrind takes the next buffer's size for the former's
     */
    MemoryPool(cl_context context, String device, long limit, long largest, boolean exact) {
        this.context = context;
        this.device = device;
        this.limit = limit;
        this.largest = largest;
        this.exact = exact;
    }

    /**
     * Returns a buffer of unspecified content.
     *
     * @throws DeviceException if there is no memory left, even without the cache
     */
    synchronized OpenClBuffer allocate(DType dtype, long length) {
        if (closed) {
            throw new IllegalStateException("the device " + device + " was closed");
        }
        if (length < 0 || length > Long.MAX_VALUE / 2 / dtype.bytes()) {
            throw new DeviceException(
                    "the device "
                            + device
                            + " was asked for a buffer of "
                            + length
                            + " "
                            + dtype
                            + " elements, which no memory can hold");
        }
        long bytes = size(length * dtype.bytes());
        ArrayDeque<MemoryBlock> kept = exact ? null : cache.get(bytes);
        MemoryBlock block = kept == null ? null : kept.pollLast();
        if (block != null) {
            cached -= bytes;
        } else {
            block = create(bytes);
        }
        used += bytes;
        peak = Math.max(peak, used);
        buffers++;
        return new OpenClBuffer(this, dtype, length, block);
    }

    /** Returns a buffer that no report counts, for the device's own use. */
    synchronized OpenClBuffer allocateUncounted(DType dtype, long length) {
        MemoryBlock block = tryCreate(size(length * dtype.bytes()));
        if (block == null) {
            throw new DeviceException(
                    "the device "
                            + device
                            + " has not even "
                            + length * dtype.bytes()
                            + " bytes left: close what else uses it");
        }
        return new OpenClBuffer(this, dtype, length, block);
    }

    private MemoryBlock create(long bytes) {
        if (bytes <= largest) {
            MemoryBlock block = used + cached + bytes <= limit ? tryCreate(bytes) : null;
            if (block == null && cached > 0) {
                trim();
                block = used + bytes <= limit ? tryCreate(bytes) : null;
            }
            if (block != null) {
                return block;
            }
        }
        throw new DeviceException(
                "out of memory on "
                        + device
                        + ": "
                        + bytes
                        + " bytes wanted, "
                        + used
                        + " in use by tensors, "
                        + limit
                        + " is the limit and "
                        + largest
                        + " that of one buffer; use a smaller batch, or raise the property"
                        + " gradus.opencl.memory if it sets this limit");
    }

    /** Returns a new block, or null where the device has no memory for it. */
    private MemoryBlock tryCreate(long bytes) {
        try {
            cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, null, null);
            blocks++;
            return new MemoryBlock(memory, Pointer.to(memory), bytes);
        } catch (CLException e) {
            switch (e.getStatus()) {
                case CL_MEM_OBJECT_ALLOCATION_FAILURE,
                        CL_OUT_OF_RESOURCES,
                        CL_OUT_OF_HOST_MEMORY,
                        CL_INVALID_BUFFER_SIZE -> {
                    return null;
                }
                default ->
                        throw new DeviceException(
                                "the device "
                                        + device
                                        + " cannot allocate memory: "
                                        + e.getMessage(),
                                e);
            }
        }
    }

    /** Takes a buffer's block back. */
    synchronized void release(OpenClBuffer buffer) {
        MemoryBlock block = buffer.detach();
        used -= block.bytes();
        buffers--;
        if (closed) {
            destroy(block);
        } else {
            cached += block.bytes();
            cache.computeIfAbsent(block.bytes(), size -> new ArrayDeque<>()).addLast(block);
        }
    }

    /** Gives all blocks that are kept back to the system. */
    synchronized void trim() {
        cache.values().forEach(kept -> kept.forEach(this::destroy));
        cache.clear();
        cached = 0;
    }

    /** Ends: what is kept is given back now, what is in use when it is released. */
    synchronized void close() {
        trim();
        closed = true;
    }

    /** Gives a block of {@link #allocateUncounted} back to the system. */
    synchronized void destroyUncounted(OpenClBuffer buffer) {
        destroy(buffer.detach());
    }

    private void destroy(MemoryBlock block) {
        clReleaseMemObject(block.memory());
        blocks--;
    }

    synchronized MemoryReport report() {
        return new MemoryReport(used, cached, peak, buffers);
    }

    /** Returns the number of memory objects there are, in use or kept. */
    synchronized long blocks() {
        return blocks;
    }

    private long size(long bytes) {
        return exact ? Math.max(bytes, 1) : roundUp(bytes);
    }

    /** Rounds a size up to 2^k, 1.25, 1.5 or 1.75 times 2^k. */
    private static long roundUp(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long step = Long.highestOneBit(bytes - 1) >> 2;
        return (bytes + step - 1) / step * step;
    }
}
