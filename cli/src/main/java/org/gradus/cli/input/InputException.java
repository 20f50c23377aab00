package org.gradus.cli.input;

/**
 * The usage or the input is wrong: the command ends with exit code 2, and nothing was written.
 *
 * <p>The message is one line that names what was given, what was expected, and what to do.
 */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Makes an exception with a message for the user. */
    public InputException(String message) {
        super(message);
    }

    /** Makes an exception with a message for the user and what led to it. */
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
