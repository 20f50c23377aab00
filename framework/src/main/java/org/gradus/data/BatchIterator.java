package org.gradus.data;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;

/**
 * The batches of one epoch, in order; see {@link DataLoader}. For one thread.
 *
 * <p>Each batch that is loaded ahead has a virtual thread of its own, which ends when it is loaded:
 * an iterator that is abandoned without {@link #close} leaves nothing behind once these few batches
 * are loaded, and never keeps the program running.
 */
public final class BatchIterator implements Iterator<Batch>, AutoCloseable {
    private final IntFunction<Batch> load;
    private final int end;
    private final int prefetch;
    private final Queue<FutureTask<Batch>> pending = new ArrayDeque<>();
    private int next;
    private int started;
    private boolean closed;

    BatchIterator(IntFunction<Batch> load, int first, int end, int prefetch) {
        this.load = load;
        this.end = end;
        this.prefetch = prefetch;
        this.next = first;
        this.started = first;
        startAhead();
    }

    /** Returns whether there is another batch; none after {@link #close}. */
    @Override
    public boolean hasNext() {
        return !closed && next < end;
    }

    /** Returns the number of the batch that {@link #next} returns next, counted from 0. */
    public int position() {
        return next;
    }

    /**
     * Returns the next batch, waiting until it is loaded. What goes wrong in loading it is thrown
     * here, with the loading thread's stack trace; the iterator is then closed.
     *
     * @throws NoSuchElementException if there is none
     * @throws DataException if a sample cannot be read
     * @throws CancellationException if the waiting thread is interrupted
     */
    @Override
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException(
                    closed ? "the iterator is closed" : "the epoch has " + end + " batches");
        }
        boolean loaded = false;
        try {
            Batch batch = prefetch == 0 ? load.apply(next) : await(pending.remove());
            next++;
            startAhead();
            loaded = true;
            return batch;
        } finally {
            if (!loaded) {
                close();
            }
        }
    }

    /**
     * Stops loading. Batches not begun are never loaded; one that is being loaded is finished, as
     * an interrupt would close files that others read too, and dropped.
     */
    @Override
    public void close() {
        closed = true;
        pending.forEach(task -> task.cancel(false));
        pending.clear();
    }

    private void startAhead() {
        while (started < end && started < next + prefetch) {
            int number = started++;
            FutureTask<Batch> task = new FutureTask<>(() -> load.apply(number));
            pending.add(task);
            Thread.ofVirtual().name("gradus-batch-" + number).start(task);
        }
    }

    private static Batch await(FutureTask<Batch> task) {
        try {
            return task.get();
        } catch (ExecutionException problem) {
            throw rethrow(problem.getCause());
        } catch (InterruptedException problem) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for a batch");
        }
    }

    private static RuntimeException rethrow(Throwable cause) {
        return switch (cause) {
            case Error error -> throw error;
            case RuntimeException problem -> problem;
            default -> new IllegalStateException(cause);
        };
    }
}
