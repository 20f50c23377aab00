package org.gradus.kernels.runtime;

import java.util.Optional;

/**
 * How a driver hands out memory.
 *
 * @param <B> what it calls a block
 */
public interface DriverMemory<B> {
    /**
     * Returns a new block of unspecified content, or nothing where the device has no memory for it.
     *
     * @throws org.gradus.device.DeviceException if it fails for another reason
     */
    Optional<B> allocate(long bytes);

    /** Gives a block back. */
    void free(B block);
}
