package org.gradus.cuda.dnn;

import org.gradus.device.DeviceException;

/** A function of cuDNN that gave a status other than success. */
public final class CudnnException extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final boolean unsupported;

    /**
     * Creates an exception.
     *
     * @param function the function's name
     * @param status the status's name and number
     * @param detail what the library says besides, or nothing
     * @param unsupported whether the library means that it cannot do this at all
     */
    CudnnException(String function, String status, String detail, boolean unsupported) {
        super(function + " gave " + status + (detail.isBlank() ? "" : ": " + detail.strip()));
        this.unsupported = unsupported;
    }

    /** Returns whether the library cannot do what was asked for, so that something else must. */
    boolean isUnsupported() {
        return unsupported;
    }
}
