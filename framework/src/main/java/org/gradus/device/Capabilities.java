package org.gradus.device;

import java.util.Map;
import java.util.Set;
import org.gradus.dtype.DType;

/**
 * What a device is and can do.
 *
 * @param description the hardware and how it is used, in a few words
 * @param kind what sort of hardware it is
 * @param memoryBytes how much memory it has; tensors may be given less
 * @param dtypes the element types it computes with
 * @param details what {@code gradus doctor} prints besides, in order
 */
public record Capabilities(
        String description,
        Kind kind,
        long memoryBytes,
        Set<DType> dtypes,
        Map<String, String> details) {
    /** What sort of hardware a device is. */
    public enum Kind {
        /** The processor that runs the JVM, or another one. */
        CPU,
        /** A graphics processor or other accelerator. */
        GPU
    }
}
