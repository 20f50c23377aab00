package org.gradus.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.cuda.Handles.Stream;
import org.gradus.device.Buffer;
import org.gradus.dtype.DType;
import org.gradus.kernels.runtime.MemoryPool;
import org.gradus.kernels.runtime.PooledBuffer;

/**
 * A second stream of a device, in which numbers of the host are copied to it while work goes on in
 * the first. Two events keep the order: a copy waits for the work that may read what its block held
 * before, and work that is put into the first stream after a copy waits for it. Used with the first
 * stream's lock held and the context current.
 */
final class CopyStream {
    private final String device;
    private final Stream work;
    private final Stream copies;
    private final Transfers transfers;
    private final MemoryPool<DevicePointer> pool;
    private final CUevent copied;

    /** What was put into the first stream before the last round began, and before the one. */
    private CUevent before;

    private CUevent now;
    private boolean hasNewWork = true;

    /**
     * Creates the stream.
     *
     * @param work the first stream
     */
    CopyStream(String device, Stream work, MemoryPool<DevicePointer> pool) {
        this.device = device;
        this.work = work;
        this.pool = pool;
        this.copies = new Stream();
        check(
                JCudaDriver.cuStreamCreate(copies, CUstream_flags.CU_STREAM_NON_BLOCKING),
                "create a stream");
        this.transfers = new Transfers(device, copies);
        this.copied = event();
        this.before = event();
        this.now = event();
    }

    private CUevent event() {
        CUevent event = new CUevent();
        check(
                JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING),
                "create an event");
        return event;
    }

    /** Notes that something was put into the first stream. */
    void noteWork() {
        hasNewWork = true;
    }

    /** Copies to a new buffer; see {@link org.gradus.device.Device#uploadAhead}. */
    Buffer upload(DType dtype, MemorySegment source) {
        if (hasNewWork) {
            hasNewWork = false;
            CUevent last = now;
            now = before;
            before = last;
            check(JCudaDriver.cuEventRecord(now, work), "note how far it is");
            pool.rotation().beginRound();
        }
        long length = source.byteSize() / dtype.bytes();
        Optional<PooledBuffer<DevicePointer>> known = pool.rotation().reuse(dtype, length);
        PooledBuffer<DevicePointer> target =
                known.orElseGet(() -> pool.rotation().allocate(dtype, length));
        boolean isComplete = false;
        try {
            await(copies, known.isPresent() ? before : now);
            transfers.upload(source, pool.block(target), 0);
            check(JCudaDriver.cuEventRecord(copied, copies), "upload");
            await(work, copied);
            isComplete = true;
        } finally {
            if (!isComplete) {
                target.release();
            }
        }
        return target;
    }

    private void await(Stream stream, CUevent event) {
        check(JCudaDriver.cuStreamWaitEvent(stream, event, 0), "wait for an event");
    }

    private void check(int result, String what) {
        Driver.check(result, device, what);
    }

    /** Gives everything back; nothing may be under way. */
    void close() {
        transfers.close();
        JCudaDriver.cuEventDestroy(copied);
        JCudaDriver.cuEventDestroy(before);
        JCudaDriver.cuEventDestroy(now);
        JCudaDriver.cuStreamDestroy(copies);
    }
}
