package org.gradus.kernels;

import org.gradus.device.Buffer;
import org.gradus.dtype.DType;

/**
 * What runs kernels of the dialect: all that this module asks of a runtime.
 *
 * <p>Launches run one after the other, in the order of the calls. A buffer that is released right
 * after a launch stays valid for it.
 */
public interface Launcher {
    /** Returns what the device allows and prefers. */
    DeviceLimits limits();

    /** Returns a buffer of unspecified content, for results that only the next kernels read. */
    Buffer allocate(DType dtype, long length);

    /**
     * Runs a kernel and returns at once. It is compiled the first time.
     *
     * @param kernel what to run
     * @param groups the number of work-groups, at least 1
     * @param buffers the pointer arguments, in order
     * @param words the values of the last argument, as many as the text's {@code WORDS} has; see
     *     {@link Words}
     */
    void launch(KernelSource kernel, long groups, Buffer[] buffers, long[] words);

    /**
     * Returns {@value IndexFault#LENGTH} numbers of type {@code I32}, zero at first, in which
     * kernels leave the first index that was out of bounds; the device reports it when it waits for
     * them. See {@link IndexFault}.
     */
    Buffer indexFault();
}
