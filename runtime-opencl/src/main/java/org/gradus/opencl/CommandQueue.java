package org.gradus.opencl;

import static org.jocl.CL.CL_CONTEXT_PLATFORM;
import static org.jocl.CL.clCreateCommandQueue;
import static org.jocl.CL.clCreateContext;
import static org.jocl.CL.clEnqueueNDRangeKernel;
import static org.jocl.CL.clFinish;
import static org.jocl.CL.clFlush;
import static org.jocl.CL.clReleaseCommandQueue;
import static org.jocl.CL.clReleaseContext;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Supplier;
import org.gradus.device.Buffer;
import org.gradus.device.DeviceException;
import org.gradus.dtype.DType;
import org.gradus.dtype.HostMemory;
import org.gradus.kernels.IndexFault;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.kernels.runtime.MemoryPool;
import org.gradus.kernels.runtime.PooledBuffer;
import org.jocl.CLException;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/**
 * The one queue of a device, in order, and what is launched and copied through it. Threads take
 * turns.
 */
final class CommandQueue {
    /** Limits the memory for tensors, in bytes. */
    static final String MEMORY_PROPERTY = "gradus.opencl.memory";

    /** Launches after which the driver is told to begin. */
    private static final int FLUSH_INTERVAL = 64;

    /** Launches after which the host waits, so that what is under way stays bounded. */
    private static final int FINISH_INTERVAL = 4096;

    private final String name;
    private final cl_context context;
    private final cl_command_queue queue;
    private final MemoryPool<MemoryBlock> pool;
    private final Programs programs;
    private final Transfers transfers;
    private final PooledBuffer<MemoryBlock> indexFault;
    private final Backlog backlog = new Backlog();
    private final long[] globalSize = new long[1];
    private final long[] localSize = new long[1];
    private final boolean waiting;
    private boolean mayHaveFault;
    private int launches;
    private boolean closed;

    private CommandQueue(
            String name,
            cl_context context,
            cl_command_queue queue,
            MemoryPool<MemoryBlock> pool,
            Programs programs,
            boolean waiting) {
        this.name = name;
        this.context = context;
        this.queue = queue;
        this.pool = pool;
        this.programs = programs;
        this.waiting = waiting;
        this.transfers = new Transfers(queue, waiting);
        this.indexFault = pool.allocateUncounted(DType.I32, IndexFault.LENGTH);
        clearFault();
    }

    /**
     * Opens a queue.
     *
     * @param name the device's name, for messages
     * @param limit the most memory in bytes
     * @param dump whether to print the sources of kernels
     * @throws DeviceException if the device cannot be used now
     */
    static CommandQueue open(
            String name, DeviceInfo device, long limit, BinaryCache binaries, boolean dump) {
        try {
            cl_context_properties properties = new cl_context_properties();
            properties.addProperty(CL_CONTEXT_PLATFORM, device.platform());
            cl_device_id[] ids = {device.id()};
            cl_context context = clCreateContext(properties, 1, ids, null, null, null);
            cl_command_queue queue = createQueue(context, device.id());
            return new CommandQueue(
                    name,
                    context,
                    queue,
                    new MemoryPool<>(
                            new ContextMemory(context, name),
                            new MemoryPool.Limits(
                                    name,
                                    MEMORY_PROPERTY,
                                    limit,
                                    device.allocationBytes(),
                                    device.isOclgrind())),
                    new Programs(context, device, binaries, dump),
                    device.isOclgrind());
        } catch (CLException e) {
            throw new DeviceException(
                    "the device "
                            + name
                            + " ("
                            + device.name()
                            + ") cannot be opened: "
                            + e.getMessage()
                            + "; see whether another program has it",
                    e);
        }
    }

    /** Creates a queue as OpenCL 1.2 does, which later versions keep but call outdated. */
    @SuppressWarnings("deprecation")
    private static cl_command_queue createQueue(cl_context context, cl_device_id device) {
        return clCreateCommandQueue(context, device, 0, null);
    }

    /** Returns the device's memory. */
    MemoryPool<MemoryBlock> pool() {
        return pool;
    }

    /** Returns the programs, for what tests ask of them. */
    Programs programs() {
        return programs;
    }

    /** Returns the numbers in which kernels leave an index that is out of bounds. */
    Buffer indexFault() {
        return indexFault;
    }

    /** Puts a kernel into the queue; see {@link org.gradus.kernels.Launcher#launch}. */
    synchronized void launch(KernelSource source, long groups, Buffer[] buffers, long[] words) {
        checkOpen();
        MemoryBlock[] blocks = new MemoryBlock[buffers.length];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = block(buffers[i]);
            mayHaveFault |= buffers[i] == indexFault;
        }
        Work.Launch launch = new Work.Launch(source, groups, blocks, words);
        Optional<CompiledKernel> kernel = programs.find(source);
        if (kernel.isEmpty()) {
            backlog.addNew(launch);
        } else if (backlog.isEmpty()) {
            enqueue(kernel.get(), launch);
        } else {
            backlog.add(launch);
        }
        if (waiting || backlog.isFull()) {
            startBacklog();
        }
    }

    private void enqueue(CompiledKernel kernel, Work.Launch launch) {
        try {
            kernel.setArguments(launch.blocks(), launch.words());
            localSize[0] = launch.source().groupSize();
            globalSize[0] = launch.groups() * launch.source().groupSize();
            clEnqueueNDRangeKernel(
                    queue, kernel.handle(), 1, null, globalSize, localSize, 0, null, null);
            launches++;
            if (waiting || launches % FINISH_INTERVAL == 0) {
                clFinish(queue);
            } else if (launches % FLUSH_INTERVAL == 0) {
                clFlush(queue);
            }
        } catch (CLException e) {
            throw failed("launch the kernel " + launch.source().name(), e);
        }
    }

    /**
     * Compiles the kernels that work waits for, and puts it into the queue. Launches of a kernel
     * that does not compile are left out.
     *
     * @return whether there was any
     */
    private synchronized boolean startBacklog() {
        if (backlog.isEmpty()) {
            return false;
        }
        DeviceException failure = null;
        try {
            programs.compile(backlog.kernels());
        } catch (DeviceException e) {
            failure = e;
        }
        for (Work work : backlog.takeAll()) {
            try {
                start(work);
            } catch (DeviceException e) {
                failure = failure == null ? e : failure;
            } finally {
                work.release();
            }
        }
        if (failure != null) {
            throw failure;
        }
        return true;
    }

    private void start(Work work) {
        switch (work) {
            case Work.Launch launch ->
                    programs.find(launch.source()).ifPresent(kernel -> enqueue(kernel, launch));
            case Work.Upload upload ->
                    write(MemorySegment.ofArray(upload.content()), upload.target(), upload.start());
        }
    }

    private void write(MemorySegment source, MemoryBlock target, long start) {
        run(
                "upload",
                () -> {
                    transfers.upload(source, target, start);
                    return null;
                });
    }

    /**
     * Returns a buffer of unspecified content.
     *
     * @throws DeviceException if there is no memory left
     */
    PooledBuffer<MemoryBlock> allocate(DType dtype, long length) {
        try {
            return pool.allocate(dtype, length);
        } catch (DeviceException e) {
            // work that waits may hold memory that was released
            if (!startBacklog()) {
                throw e;
            }
            return pool.allocate(dtype, length);
        }
    }

    /** Gives the memory that nobody uses back to the system. */
    void trim() {
        startBacklog();
        pool.trim();
    }

    /** Copies to a buffer from element {@code start} on. */
    synchronized void upload(MemorySegment source, Buffer target, long start) {
        checkOpen();
        MemoryBlock block = block(target);
        PooledBuffer.checkRange(source, target, start);
        long first = start * target.dtype().bytes();
        if (backlog.takesUpload(source.byteSize())) {
            backlog.add(new Work.Upload(HostMemory.bytes(source), block, first));
            return;
        }
        startBacklog();
        write(source, block, first);
    }

    /** Copies from a buffer from element {@code start} on, and waits for all work before. */
    synchronized void download(Buffer source, long start, MemorySegment target) {
        checkOpen();
        MemoryBlock block = block(source);
        PooledBuffer.checkRange(target, source, start);
        startBacklog();
        run(
                "download",
                () -> {
                    transfers.download(block, start * source.dtype().bytes(), target);
                    return null;
                });
        throwFault();
    }

    /** Waits for all work to be done. */
    synchronized void synchronize() {
        checkOpen();
        startBacklog();
        run("wait for its work", () -> clFinish(queue));
        throwFault();
    }

    private void throwFault() {
        if (!mayHaveFault) {
            return;
        }
        mayHaveFault = false;
        int[] words = new int[IndexFault.LENGTH];
        MemoryBlock block = block(indexFault);
        run(
                "download",
                () -> {
                    transfers.download(block, 0, MemorySegment.ofArray(words));
                    return null;
                });
        Optional<IndexOutOfBoundsException> fault = IndexFault.read(words);
        if (fault.isPresent()) {
            clearFault();
            throw fault.get();
        }
    }

    private void clearFault() {
        MemorySegment zeros = MemorySegment.ofArray(new int[IndexFault.LENGTH]);
        transfers.upload(zeros, block(indexFault), 0);
    }

    private MemoryBlock block(Buffer buffer) {
        return pool.block(buffer);
    }

    /** Returns what is held of the driver. */
    synchronized DriverObjects objects() {
        return new DriverObjects(
                pool.blocks(),
                programs.programs(),
                programs.kernels(),
                transfers.pending(),
                closed ? 0 : 1);
    }

    /** Returns whether {@link #close} was called. */
    synchronized boolean isClosed() {
        return closed;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the device " + name + " was closed");
        }
    }

    private <T> T run(String what, Supplier<T> action) {
        try {
            return action.get();
        } catch (CLException e) {
            throw failed(what, e);
        }
    }

    private DeviceException failed(String what, CLException e) {
        return new DeviceException(
                "the device "
                        + name
                        + " could not "
                        + what
                        + ": "
                        + e.getMessage()
                        + "; if this persists, close the device and open it again",
                e);
    }

    /** Waits for all work and gives everything back; buffers in use stay until released. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        backlog.takeAll().forEach(Work::release);
        try {
            clFinish(queue);
        } catch (CLException lost) {
            // a device that was lost has nothing left to wait for
        }
        transfers.close();
        programs.close();
        pool.destroyUncounted(indexFault);
        pool.close();
        clReleaseCommandQueue(queue);
        clReleaseContext(context);
    }
}
