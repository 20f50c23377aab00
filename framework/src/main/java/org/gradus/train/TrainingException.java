package org.gradus.train;

/**
 * A training that cannot begin or go on: a loss that is no number, a checkpoint that does not fit,
 * a disk that is full. The message is one sentence that says what to do.
 */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Makes an exception with a message for the user. */
    public TrainingException(String message) {
        super(message);
    }

    /** Makes an exception with a message for the user and what led to it. */
    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
