package org.gradus.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.cuda.Handles.Stream;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.Buffer;
import org.gradus.device.CaptureException;
import org.gradus.device.CapturedWork;
import org.gradus.device.DeviceMemoryException;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.kernels.IndexFault;
import org.gradus.kernels.KernelSource;
import org.gradus.kernels.runtime.BinaryCache;
import org.gradus.kernels.runtime.MemoryPool;
import org.gradus.kernels.runtime.PooledBuffer;

/**
 * The stream in which a device works, in the primary context, and what is launched and copied
 * through it. Threads take turns.
 */
final class CommandStream implements DeviceStream {
    /** Limits the memory for tensors, in bytes. */
    static final String MEMORY_PROPERTY = "gradus.cuda.memory";

    private final String name;
    private final DeviceInfo info;
    private final Driver driver;
    private final CUcontext context;
    private final Stream stream;
    private final MemorySegment streamHandle;
    private final MemoryPool<DevicePointer> pool;
    private final Modules modules;
    private final Transfers transfers;
    private final CopyStream copies;
    private final PooledBuffer<DevicePointer> indexFault;
    private final List<PooledBuffer<DevicePointer>> reserved = new ArrayList<>();
    private final List<Runnable> closings = new ArrayList<>();
    private final Graphs graphs;
    private final List<CapturedGraph> recorded = new ArrayList<>();
    private CapturedGraph recording;
    private boolean mayHaveFault;
    private boolean closed;

    /**
     * Opens a stream.
     *
     * @param name the device's name, for messages
     * @param limit the most memory in bytes
     * @param dump whether to print the sources of kernels
     * @throws org.gradus.device.DeviceException if the device cannot be used now
     */
    CommandStream(
            String name,
            DeviceInfo info,
            Cuda cuda,
            long limit,
            BinaryCache binaries,
            boolean dump) {
        this.name = name;
        this.info = info;
        this.driver = cuda.driver();
        this.context = new CUcontext();
        Driver.check(
                JCudaDriver.cuDevicePrimaryCtxRetain(context, info.device()), name, "be opened");
        makeCurrent();
        this.stream = new Stream();
        Driver.check(
                JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
                name,
                "create a stream");
        this.streamHandle = stream.handle();
        this.pool =
                new MemoryPool<>(
                        new CudaMemory(context, name),
                        new MemoryPool.Limits(
                                name, MEMORY_PROPERTY, limit, limit, info.isEmulated()));
        this.modules = new Modules(name, cuda.compiler(), info.architecture(), binaries, dump);
        this.transfers = new Transfers(name, stream);
        this.copies = new CopyStream(name, stream, pool);
        this.graphs = driver.graphs(name).orElse(null);
        this.indexFault = pool.allocateUncounted(DType.I32, IndexFault.LENGTH);
        clearFault();
    }

    /** Makes the device's context that of this thread, which another device may have changed. */
    private void makeCurrent() {
        Driver.check(JCudaDriver.cuCtxSetCurrent(context), name, "be used from this thread");
    }

    /** Returns the device's memory. */
    MemoryPool<DevicePointer> pool() {
        return pool;
    }

    /** Returns the modules, for what tests ask of them. */
    Modules modules() {
        return modules;
    }

    /** Returns the numbers in which kernels leave an index that is out of bounds. */
    Buffer indexFault() {
        return indexFault;
    }

    /** Puts a kernel into the stream; see {@link org.gradus.kernels.Launcher#launch}. */
    synchronized void launch(KernelSource source, long groups, Buffer[] buffers, long[] words) {
        enter();
        DevicePointer[] pointers = new DevicePointer[buffers.length];
        for (int i = 0; i < pointers.length; i++) {
            pointers[i] = pool.block(buffers[i]);
            mayHaveFault |= buffers[i] == indexFault;
        }
        int count = Math.toIntExact(groups);
        CompiledKernel kernel = modules.kernel(source);
        int result =
                driver.launch(
                        kernel.function(),
                        count,
                        source.groupSize(),
                        streamHandle,
                        kernel.arguments(pointers, words));
        if (result != 0) {
            throw Driver.failure(result, name, "launch the kernel " + source.name());
        }
        if (recording != null) {
            recording.note(source, count, words);
            for (Buffer buffer : buffers) {
                recording.memory().use(buffer);
            }
            if (RecordedKernel.isNeededFor(words)) {
                recording.add(
                        new RecordedKernel(
                                graphs.last(streamHandle),
                                kernel.function(),
                                count,
                                source.groupSize(),
                                pointers,
                                words,
                                recording.arena()));
            }
        }
    }

    // ---- recorded work

    /** Returns whether the driver can record work. */
    boolean records() {
        return graphs != null;
    }

    /**
     * Records what some work puts into the stream; see {@link org.gradus.device.Device#capture}.
     */
    synchronized CapturedWork capture(Runnable work) {
        enter();
        requireNoRecording("records within a recording");
        boolean hadFault = mayHaveFault;
        mayHaveFault = false;
        recording = new CapturedGraph(this, pool.record());
        CapturedGraph graph = recording;
        boolean isComplete = false;
        try {
            graphs.begin(streamHandle);
            work.run();
            Optional<String> obstacle = graph.memory().end();
            if (obstacle.isPresent()) {
                throw new CaptureException(obstacle.get());
            }
            graph.complete(graphs.end(streamHandle));
            recorded.add(graph);
            isComplete = true;
        } finally {
            recording = null;
            if (mayHaveFault) {
                graph.checkIndices();
            }
            mayHaveFault = hadFault;
            if (!isComplete) {
                graph.memory().end();
                graphs.abandon(streamHandle);
                graph.destroy(graphs);
            }
        }
        return graph;
    }

    /** Puts recorded work into the stream. */
    synchronized void replay(CapturedGraph graph, long[] values) {
        enter();
        requireNoRecording("repeats other recorded work");
        graph.launch(graphs, streamHandle, values);
        mayHaveFault |= graph.checksIndices();
    }

    /** Forgets recorded work. */
    synchronized void destroy(CapturedGraph graph) {
        makeCurrent();
        if (!closed) {
            Driver.check(JCudaDriver.cuStreamSynchronize(stream), name, "wait for its work");
        }
        graph.destroy(graphs);
        recorded.remove(graph);
    }

    synchronized boolean hasForgotten(CapturedGraph graph) {
        return !graph.isAlive();
    }

    /**
     * Returns a buffer of unspecified content, for which recorded work is forgotten if there is no
     * memory left otherwise: it can be recorded again.
     */
    Buffer allocate(DType dtype, long length) {
        return withMemory(() -> pool.allocate(dtype, length));
    }

    private <T> T withMemory(Supplier<T> work) {
        try {
            return work.get();
        } catch (DeviceMemoryException e) {
            if (!forgetRecorded()) {
                throw e;
            }
            return work.get();
        }
    }

    /** Forgets all recorded work, unless some is being recorded; returns whether there was any. */
    private synchronized boolean forgetRecorded() {
        if (recorded.isEmpty() || recording != null || closed) {
            return false;
        }
        List.copyOf(recorded).forEach(this::destroy);
        return true;
    }

    /** What waits for the device, or copies what is on the host now, cannot be recorded. */
    private void requireNoRecording(String what) {
        if (recording != null) {
            throw new CaptureException("it " + what);
        }
    }

    @Override
    public String device() {
        return name;
    }

    @Override
    public long handle() {
        return streamHandle.address();
    }

    @Override
    public CUstream stream() {
        return stream;
    }

    @Override
    public synchronized <T> T call(Supplier<T> work) {
        enter();
        return work.get();
    }

    @Override
    public synchronized boolean isRecording() {
        return recording != null;
    }

    @Override
    public long address(View view) {
        if (recording != null) {
            recording.memory().use(view.buffer());
        }
        return pool.block(view.buffer()).address() + view.offset() * view.dtype().bytes();
    }

    @Override
    public Buffer allocate(long bytes) {
        return allocate(DType.U8, bytes);
    }

    @Override
    public synchronized long reserve(long bytes) {
        enter();
        PooledBuffer<DevicePointer> buffer = pool.allocateUncounted(DType.U8, bytes);
        reserved.add(buffer);
        return pool.block(buffer).address();
    }

    @Override
    public synchronized void onClose(Runnable action) {
        closings.add(action);
    }

    /** Copies to a buffer from element {@code start} on. */
    synchronized void upload(MemorySegment source, Buffer target, long start) {
        enter();
        requireNoRecording("copies numbers from the host to the device");
        PooledBuffer.checkRange(source, target, start);
        transfers.upload(source, pool.block(target), start * target.dtype().bytes());
    }

    /** Copies to a new buffer beside the work of this stream. */
    synchronized Buffer uploadAhead(DType dtype, MemorySegment source) {
        requireOpen();
        requireNoRecording("copies numbers from the host to the device");
        return withMemory(() -> copies.upload(dtype, source));
    }

    /** Copies from a buffer from element {@code start} on, and waits for all work before. */
    synchronized void download(Buffer source, long start, MemorySegment target) {
        enter();
        requireNoRecording("reads a result");
        PooledBuffer.checkRange(target, source, start);
        transfers.download(pool.block(source), start * source.dtype().bytes(), target);
        throwFault();
    }

    /** Waits for all work to be done. */
    synchronized void synchronize() {
        enter();
        requireNoRecording("waits for the device");
        Driver.check(JCudaDriver.cuStreamSynchronize(stream), name, "wait for its work");
        throwFault();
    }

    private void throwFault() {
        if (!mayHaveFault) {
            return;
        }
        mayHaveFault = false;
        int[] words = new int[IndexFault.LENGTH];
        transfers.download(pool.block(indexFault), 0, MemorySegment.ofArray(words));
        Optional<IndexOutOfBoundsException> fault = IndexFault.read(words);
        if (fault.isPresent()) {
            clearFault();
            throw fault.get();
        }
    }

    private void clearFault() {
        MemorySegment zeros = MemorySegment.ofArray(new int[IndexFault.LENGTH]);
        transfers.upload(zeros, pool.block(indexFault), 0);
    }

    /** Begins what puts work into this stream. */
    private void enter() {
        requireOpen();
        copies.noteWork();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the device " + name + " was closed");
        }
        makeCurrent();
    }

    /** Returns whether {@link #close} was called. */
    synchronized boolean isClosed() {
        return closed;
    }

    /** Waits for all work and gives everything back; buffers in use stay until released. */
    synchronized void close() {
        if (closed) {
            return;
        }
        makeCurrent();
        closed = true;
        JCudaDriver.cuStreamSynchronize(stream);
        closings.forEach(Runnable::run);
        transfers.close();
        copies.close();
        modules.close();
        reserved.forEach(pool::destroyUncounted);
        pool.destroyUncounted(indexFault);
        pool.close();
        JCudaDriver.cuStreamDestroy(stream);
        if (pool.blocks() == 0) {
            JCudaDriver.cuDevicePrimaryCtxRelease(info.device());
        }
    }
}
