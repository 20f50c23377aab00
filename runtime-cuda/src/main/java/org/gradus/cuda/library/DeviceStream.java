package org.gradus.cuda.library;

import java.util.function.Supplier;
import jcuda.driver.CUstream;
import org.gradus.device.Buffer;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/** A device's stream, as libraries use it that put work into it. */
public interface DeviceStream {
    /** Returns the device's name, for messages. */
    String device();

    /** Returns the {@code cudaStream_t}, which is the driver's {@code CUstream}. */
    long handle();

    /** Returns the same as JCuda's classes take it. */
    CUstream stream();

    /**
     * Runs something that puts work into the stream, with the device's context current and no other
     * thread using the stream.
     */
    <T> T call(Supplier<T> work);

    /**
     * Returns whether work is recorded and not done now, so that nothing may wait for it. Asked
     * within {@link #call}.
     */
    boolean isRecording();

    /** Returns where a view's first element is on the device. */
    long address(View view);

    /** Returns where a buffer begins on the device. */
    default long address(Buffer buffer) {
        return address(View.of(buffer, Shape.scalar()));
    }

    /** Returns so many bytes of the device's memory, of unspecified content. */
    Buffer allocate(long bytes);

    /**
     * Returns the address of so many bytes of the device's memory that are the library's as long as
     * the device is open: what a captured graph may name.
     */
    long reserve(long bytes);

    /** Runs something when the device is closed, after all work is done. */
    void onClose(Runnable action);
}
