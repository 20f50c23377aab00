package org.gradus.device;

/** A device is missing, failed, or ran out of memory; the message says which and what to do. */
public class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a sentence that says what happened and what to do. */
    public DeviceException(String message) {
        super(message);
    }

    /** Creates an exception with a sentence and the failure that led to it. */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
