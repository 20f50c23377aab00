package org.gradus.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.gradus.cuda.Handles.DevicePointer;
import org.gradus.cuda.Handles.HostPointer;
import org.gradus.cuda.Handles.Stream;
import org.gradus.dtype.HostMemory;

/**
 * Copies between the host's memory and a device's by way of pinned memory, which the device reads
 * by itself. Uploads return when the source may be changed, not when the device has the data. Used
 * with the stream's lock held and the context current.
 */
final class Transfers {
    private static final long SMALLEST_STAGE = 1 << 14;

    /** The most bytes that are copied at once. */
    private static final long LARGEST_STAGE = 1 << 23;

    /** The most pinned memory that waits to be copied. */
    private static final long MAXIMUM_STAGES = 1 << 26;

    /** Pinned memory for one copy, and the event that tells when it is done. */
    private record Stage(HostPointer pointer, MemorySegment memory, CUevent done) {}

    private final String device;
    private final Stream stream;
    private final ArrayDeque<Stage> pending = new ArrayDeque<>();
    private final List<Stage> free = new ArrayList<>();
    private long stagedBytes;

    /** Creates transfers through a stream. */
    Transfers(String device, Stream stream) {
        this.device = device;
        this.stream = stream;
    }

    /** Copies to a device's memory, from byte {@code start} of it on. */
    void upload(MemorySegment source, DevicePointer target, long start) {
        for (long at = 0; at < source.byteSize(); at += LARGEST_STAGE) {
            long bytes = Math.min(LARGEST_STAGE, source.byteSize() - at);
            Stage stage = take(bytes);
            HostMemory.copy(source, at, stage.memory(), 0, bytes);
            check(
                    JCudaDriver.cuMemcpyHtoDAsync(
                            target.withByteOffset(start + at), stage.pointer(), bytes, stream),
                    "upload");
            check(JCudaDriver.cuEventRecord(stage.done(), stream), "upload");
            pending.addLast(stage);
        }
    }

    /** Copies from a device's memory, from byte {@code start} of it on, and waits. */
    void download(DevicePointer source, long start, MemorySegment target) {
        for (long at = 0; at < target.byteSize(); at += LARGEST_STAGE) {
            long bytes = Math.min(LARGEST_STAGE, target.byteSize() - at);
            Stage stage = take(bytes);
            check(
                    JCudaDriver.cuMemcpyDtoHAsync(
                            stage.pointer(), source.withByteOffset(start + at), bytes, stream),
                    "download");
            check(JCudaDriver.cuStreamSynchronize(stream), "download");
            HostMemory.copy(stage.memory(), 0, target, at, bytes);
            free.add(stage);
        }
    }

    /** Returns pinned memory of at least so many bytes that nothing is copied from any more. */
    private Stage take(long bytes) {
        while (!pending.isEmpty() && isDone(pending.peekFirst())) {
            free.add(pending.removeFirst());
        }
        for (int i = 0; i < free.size(); i++) {
            if (free.get(i).memory().byteSize() >= bytes) {
                return free.remove(i);
            }
        }
        long size = Math.max(SMALLEST_STAGE, Long.highestOneBit(Math.max(1, bytes - 1)) << 1);
        if (stagedBytes + size > MAXIMUM_STAGES && !pending.isEmpty()) {
            Stage oldest = pending.removeFirst();
            check(JCudaDriver.cuEventSynchronize(oldest.done()), "wait for an upload");
            free.add(oldest);
            return take(bytes);
        }
        return create(size);
    }

    private Stage create(long size) {
        HostPointer pointer = new HostPointer();
        check(JCudaDriver.cuMemHostAlloc(pointer, size, 0), "get pinned memory of the host");
        CUevent done = new CUevent();
        check(
                JCudaDriver.cuEventCreate(done, CUevent_flags.CU_EVENT_DISABLE_TIMING),
                "create an event");
        stagedBytes += size;
        return new Stage(pointer, pointer.memory(size), done);
    }

    private boolean isDone(Stage stage) {
        int result = JCudaDriver.cuEventQuery(stage.done());
        if (result == CUresult.CUDA_ERROR_NOT_READY) {
            return false;
        }
        check(result, "tell how far it is");
        return true;
    }

    private void check(int result, String what) {
        Driver.check(result, device, what);
    }

    /** Gives all memory back; nothing may be under way. */
    void close() {
        free.addAll(pending);
        pending.clear();
        for (Stage stage : free) {
            JCudaDriver.cuEventDestroy(stage.done());
            JCudaDriver.cuMemFreeHost(stage.pointer());
        }
        free.clear();
    }
}
