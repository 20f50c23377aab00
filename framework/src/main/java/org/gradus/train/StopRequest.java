package org.gradus.train;

/**
 * Asks a training to stop, from any thread, such as the handler of a signal. The training finishes
 * its step, writes a checkpoint if it has a folder for them, and returns.
 */
public final class StopRequest {
    private volatile boolean requested;

    /** Makes a request that has not been made yet. */
    public StopRequest() {}

    /** Asks the training to stop; asking twice changes nothing. */
    public void request() {
        requested = true;
    }

    /** Returns whether someone has asked. */
    public boolean isRequested() {
        return requested;
    }
}
