package org.gradus.opencl;

import static org.jocl.CL.CL_COMPLETE;
import static org.jocl.CL.CL_EVENT_COMMAND_EXECUTION_STATUS;
import static org.jocl.CL.clEnqueueReadBuffer;
import static org.jocl.CL.clEnqueueWriteBuffer;
import static org.jocl.CL.clGetEventInfo;
import static org.jocl.CL.clReleaseEvent;
import static org.jocl.CL.clWaitForEvents;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.gradus.dtype.HostMemory;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;

/**
 * Copies between the host's memory and a device's, by way of native memory: Java's arrays may move
 * and must not be given to a driver. Uploads return when the source may be changed, not when the
 * device has the data. Used with the queue's lock held.
 */
final class Transfers {
    private static final long SMALLEST_STAGE = 1 << 12;

    /** The most bytes that are copied at once. */
    private static final long LARGEST_STAGE = 1 << 23;

    /** The most native memory that waits to be copied. */
    private static final long MAXIMUM_STAGES = 1 << 26;

    private static final long ALIGNMENT = 64;

    /** Native memory for one copy, and the copy that it waits for. */
    private static final class Stage {
        private final MemorySegment memory;
        private final Pointer pointer;
        private cl_event pending;

        Stage(Arena arena, long bytes) {
            this.memory = arena.allocate(bytes, ALIGNMENT);
            this.pointer = Pointer.to(memory.asByteBuffer());
        }
    }

    private final cl_command_queue queue;
    private final boolean waiting;
    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<Stage> pending = new ArrayDeque<>();
    private final List<Stage> free = new ArrayList<>();
    private final ByteBuffer status =
            ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
    private final Pointer statusPointer = Pointer.to(status);
    private long stagedBytes;

    /**
     * Creates transfers through a queue.
     *
     * @param waiting whether uploads wait, too: else JOCL waits for each on a thread of its own
     */
    Transfers(cl_command_queue queue, boolean waiting) {
        this.queue = queue;
        this.waiting = waiting;
    }

    /** Copies to a device's memory, from byte {@code start} of it on. */
    void upload(MemorySegment source, MemoryBlock target, long start) {
        for (long at = 0; at < source.byteSize(); at += LARGEST_STAGE) {
            long bytes = Math.min(LARGEST_STAGE, source.byteSize() - at);
            Stage stage = take(bytes);
            HostMemory.copy(source, at, stage.memory, 0, bytes);
            if (waiting) {
                clEnqueueWriteBuffer(
                        queue,
                        target.memory(),
                        true,
                        start + at,
                        bytes,
                        stage.pointer,
                        0,
                        null,
                        null);
                free.add(stage);
                continue;
            }
            cl_event event = new cl_event();
            clEnqueueWriteBuffer(
                    queue,
                    target.memory(),
                    false,
                    start + at,
                    bytes,
                    stage.pointer,
                    0,
                    null,
                    event);
            stage.pending = event;
            pending.addLast(stage);
        }
    }

    /** Copies from a device's memory, from byte {@code start} of it on, and waits for it. */
    void download(MemoryBlock source, long start, MemorySegment target) {
        for (long at = 0; at < target.byteSize(); at += LARGEST_STAGE) {
            long bytes = Math.min(LARGEST_STAGE, target.byteSize() - at);
            Stage stage = take(bytes);
            clEnqueueReadBuffer(
                    queue, source.memory(), true, start + at, bytes, stage.pointer, 0, null, null);
            HostMemory.copy(stage.memory, 0, target, at, bytes);
            free.add(stage);
        }
    }

    /** Returns how many uploads are under way. */
    int pending() {
        while (!pending.isEmpty() && isDone(pending.peekFirst())) {
            reclaim();
        }
        return pending.size();
    }

    private Stage take(long bytes) {
        while (!pending.isEmpty() && isDone(pending.peekFirst())) {
            reclaim();
        }
        while (true) {
            for (int i = free.size() - 1; i >= 0; i--) {
                if (free.get(i).memory.byteSize() >= bytes) {
                    return free.remove(i);
                }
            }
            long size = Math.max(SMALLEST_STAGE, Long.highestOneBit(2 * bytes - 1));
            if (pending.isEmpty() || stagedBytes + size <= MAXIMUM_STAGES) {
                stagedBytes += size;
                return new Stage(arena, size);
            }
            clWaitForEvents(1, new cl_event[] {pending.peekFirst().pending});
            reclaim();
        }
    }

    private boolean isDone(Stage stage) {
        clGetEventInfo(
                stage.pending,
                CL_EVENT_COMMAND_EXECUTION_STATUS,
                Sizeof.cl_int,
                statusPointer,
                null);
        // a negative status is an error, which ends the wait as well
        return status.getInt(0) <= CL_COMPLETE;
    }

    private void reclaim() {
        Stage stage = pending.removeFirst();
        clReleaseEvent(stage.pending);
        stage.pending = null;
        free.add(stage);
    }

    /** Gives all memory back; nothing may be under way. */
    void close() {
        while (!pending.isEmpty()) {
            reclaim();
        }
        free.clear();
        arena.close();
    }
}
