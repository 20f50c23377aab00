package org.gradus.cli.run;

import java.util.concurrent.CompletableFuture;
import org.gradus.train.StopRequest;

/**
 * Turns SIGINT and SIGTERM into a request that the training stop, and keeps the process alive until
 * it has written its checkpoint. Without a training under way the process ends at once, as usual.
 */
public final class Interruption {
    private final StopRequest stopRequest = new StopRequest();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private volatile boolean training;

    /** Makes one that listens to no signals. */
    public Interruption() {}

    /** Starts listening: the Java virtual machine runs this when a signal tells it to end. */
    public void listen() {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("gradus-stop").unstarted(this::stop));
    }

    /** Says that a training begins, and returns what asks it to stop. */
    public StopRequest beginTraining() {
        training = true;
        return stopRequest;
    }

    /** Ends the process when the command is done. */
    public void exit(int code) {
        exitCode.complete(code);
        System.exit(code);
    }

    private void stop() {
        if (training && !exitCode.isDone()) {
            stopRequest.request();
            // Otherwise the process would end with the signal's code, whatever came of the stop.
            Runtime.getRuntime().halt(exitCode.join());
        }
    }
}
