package org.gradus.cpu.threads;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed number of threads that work off the tasks of one run after the other; the caller's thread
 * is one of them.
 *
 * <p>Waking a parked thread takes about 60 µs, as long as many a kernel, so workers spin for a
 * millisecond after each run and only then park: within a training step they answer in about 2 µs,
 * and an idle device uses no processor time.
 *
 * <p>Each thread begins with its own share of the tasks, so that runs one after the other over the
 * same elements find them in the cache of the same core, and then takes of what the others have
 * left. Tasks are claimed one by one, so uneven tasks balance themselves. Whoever cuts work into
 * tasks does so without looking at the number of threads where the cut could show in the result.
 *
 * <p>Runs of several threads wait for each other, so that a worker number belongs to one thread at
 * a time and may choose scratch memory. A run inside a task is executed at once by the thread that
 * asks for it, under its own worker number.
 */
public final class WorkerPool implements AutoCloseable {
    private static final long SPIN_NANOS = 1_000_000;
    private static final int SPINS_BETWEEN_CLOCK_READS = 64;
    private static final int SPINS_BEFORE_YIELD = 500;

    private final Worker[] workers;
    private final ReentrantLock running = new ReentrantLock();
    private long runs;
    private volatile Run current;
    private volatile boolean closed;

    /**
     * Starts the workers, as daemons.
     *
     * @param threads how many threads work, the caller included
     * @throws IllegalArgumentException if it is less than 1
     */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "a pool needs at least 1 thread but " + threads + " were asked for");
        }
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].start();
        }
    }

    /** Returns how many threads work, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Executes a task for each number in {@code [0, tasks)} and returns when all are done. If a
     * task throws, the tasks not begun are left out and the first exception is thrown here.
     */
    public void run(int tasks, Task task) {
        if (tasks <= 0) {
            return;
        }
        if (Thread.currentThread() instanceof Worker worker && worker.pool() == this) {
            runInline(tasks, task, worker.number);
        } else if (running.isHeldByCurrentThread()) {
            runInline(tasks, task, 0);
        } else {
            running.lock();
            try {
                if (tasks == 1 || workers.length == 0 || closed) {
                    runInline(tasks, task, 0);
                } else {
                    runTogether(tasks, task);
                }
            } finally {
                running.unlock();
            }
        }
    }

    private static void runInline(int tasks, Task task, int worker) {
        for (int i = 0; i < tasks; i++) {
            task.run(i, worker);
        }
    }

    private void runTogether(int tasks, Task task) {
        var run = new Run(task, tasks, threads(), ++runs);
        current = run;
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker);
            }
        }
        run.work(0);
        for (int spins = 0; !run.isDone(); spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        // A finished run must not keep what its task refers to.
        current = null;
        run.rethrow();
    }

    /** Ends the workers. Runs are still possible afterwards, on the caller's thread alone. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    /** One of the parts into which work was cut. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does a part of the work.
         *
         * @param task its number
         * @param worker the number of the thread in {@code [0, threads)}, to choose scratch memory
         */
        void run(int task, int worker);
    }

    /** The tasks of one run, and how far they have come. */
    private static final class Run {
        private static final VarHandle CLAIMED = MethodHandles.arrayElementVarHandle(int[].class);
        private static final VarHandle DONE = field("done", int.class);
        private static final VarHandle FAILURE = field("failure", Throwable.class);

        /** The distance between counters: each has a cache line. */
        private static final int APART = 16;

        private final Task task;
        private final int tasks;
        private final int threads;
        private final long number;

        /** For each thread the next task of its share. */
        private final int[] claimed;

        private volatile int done;
        private volatile Throwable failure;

        Run(Task task, int tasks, int threads, long number) {
            this.task = task;
            this.tasks = tasks;
            this.threads = threads;
            this.number = number;
            claimed = new int[threads * APART];
            for (int worker = 0; worker < threads; worker++) {
                claimed[worker * APART] = firstOf(worker);
            }
        }

        private static VarHandle field(String name, Class<?> type) {
            try {
                return MethodHandles.lookup().findVarHandle(Run.class, name, type);
            } catch (ReflectiveOperationException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
        }

        /** Returns the first task of a thread's share, which ends where the next one's begins. */
        private int firstOf(int worker) {
            return (int) ((long) tasks * worker / threads);
        }

        /** Claims and executes tasks until none is left, those of the worker's own share first. */
        void work(int worker) {
            for (int i = 0; i < threads; i++) {
                workOff((worker + i) % threads, worker);
            }
        }

        private void workOff(int share, int worker) {
            int end = firstOf(share + 1);
            int counter = share * APART;
            // Reading first keeps the counter from running away (and over) in late workers.
            while ((int) CLAIMED.getVolatile(claimed, counter) < end) {
                int next = (int) CLAIMED.getAndAdd(claimed, counter, 1);
                if (next >= end) {
                    return;
                }
                try {
                    if (failure == null) {
                        task.run(next, worker);
                    }
                } catch (Throwable problem) {
                    FAILURE.compareAndSet(this, null, problem);
                } finally {
                    DONE.getAndAdd(this, 1);
                }
            }
        }

        boolean isDone() {
            return done == tasks;
        }

        void rethrow() {
            switch (failure) {
                case null -> {}
                case RuntimeException problem -> throw problem;
                case Error problem -> throw problem;
                default -> throw new IllegalStateException("a task failed: " + failure, failure);
            }
        }
    }

    /** A thread that looks for runs. */
    private final class Worker extends Thread {
        private final int number;
        private volatile boolean parked;

        Worker(int number) {
            super("gradus-cpu-" + number);
            this.number = number;
            setDaemon(true);
        }

        WorkerPool pool() {
            return WorkerPool.this;
        }

        @Override
        public void run() {
            long last = 0;
            while (!closed) {
                last = workOrWait(last);
            }
        }

        /** Takes part in the next run, if there is one within a while; else parks until then. */
        private long workOrWait(long last) {
            long deadline = System.nanoTime() + SPIN_NANOS;
            do {
                for (int i = 0; i < SPINS_BETWEEN_CLOCK_READS; i++) {
                    Run run = current;
                    if (run != null && run.number != last) {
                        run.work(number);
                        return run.number;
                    }
                    Thread.onSpinWait();
                }
                // costs nothing while the cores are ours, and lets others on where they are not
                Thread.yield();
            } while (System.nanoTime() < deadline);
            // The flag is set before the last look: a caller either sees it or its run is seen.
            parked = true;
            Run run = current;
            if (!closed && (run == null || run.number == last)) {
                LockSupport.park(WorkerPool.this);
            }
            parked = false;
            return last;
        }
    }
}
