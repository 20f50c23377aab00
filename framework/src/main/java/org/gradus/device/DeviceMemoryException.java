package org.gradus.device;

/**
 * A device has no memory left for a buffer. Nothing was changed: what is released makes room, and
 * work can go on with less.
 */
public final class DeviceMemoryException extends DeviceException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a sentence that says how much was wanted and what to do. */
    public DeviceMemoryException(String message) {
        super(message);
    }

    /** Creates an exception with a sentence and the failure that led to it. */
    public DeviceMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
