package org.gradus.device;

/** Work cannot be recorded, as it does something that must happen anew each time. */
public final class CaptureException extends DeviceException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with what the work does, as in "it reads a result". */
    public CaptureException(String message) {
        super(message);
    }
}
