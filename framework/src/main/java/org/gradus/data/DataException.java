package org.gradus.data;

/**
 * A file or a folder of data that cannot be read: missing, cut short, damaged, or of another format
 * than expected.
 *
 * <p>The message is one sentence that names the file, the place in it, what is wrong there, and
 * what to do about it.
 */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Makes an exception with a message for the user. */
    public DataException(String message) {
        super(message);
    }

    /** Makes an exception with a message for the user and what led to it. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
