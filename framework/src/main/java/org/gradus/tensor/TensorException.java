package org.gradus.tensor;

/**
 * A mistake in the use of tensors: shapes, types or devices that do not fit, a tensor used after it
 * was released, a backward pass that cannot be done. The message starts with the path of the layer
 * in which it happened, where there is one.
 */
public final class TensorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private String path = "";

    /** Creates an exception with a sentence that names the operation and the shapes. */
    public TensorException(String message) {
        super(message);
    }

    /** Creates an exception with a sentence and what caused it. */
    public TensorException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Puts the name of an enclosing layer before the path; returns this exception. */
    public TensorException within(String layer) {
        path = path.isEmpty() ? layer : layer + "." + path;
        return this;
    }

    /** Returns the path of the layer in which it happened, empty outside layers. */
    public String path() {
        return path;
    }

    @Override
    public String getMessage() {
        return path.isEmpty() ? super.getMessage() : path + ": " + super.getMessage();
    }
}
