package org.gradus.cpu.vector;

import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Plain code until vector code that does the same is compiled: before that, code on the Vector API
 * is a thousand times slower. A thread in the background runs it, from the first use on, until the
 * compiler has dealt with all of it, which shows in that it makes no objects any more. Both must
 * give the same bits, so that nobody sees the change but by the clock.
 *
 * @param <T> what there is in both kinds
 */
public final class Warming<T> {
    private static final ScheduledExecutorService BACKGROUND = background();

    /**
     * Code of the optimizing compiler takes half of it at most for one exercise, other code more.
     */
    private static final long COMPILED_NANOS = 15_000;

    /**
     * Code that is not compiled makes an object and an array of each vector, some 100 bytes. What
     * is may still make a few arrays of partial sums.
     */
    private static final long COMPILED_BYTES = 512;

    /** Then time alone decides: the compiler leaves some objects in code that is still fast. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** After so many runs the compiler has been asked for the code and its profile is good. */
    private static final int FIRST_RUNS = 2_000;

    /**
     * Then it is left in peace but for these: what runs meanwhile has it compile parts that go
     * away, but a method is compiled after 5,000 calls only, and the exercise may call it once.
     */
    private static final int LATER_RUNS = 200;

    private static final long PAUSE_MILLIS = 5;

    private static final int FAST_RUNS = 10;

    private final T plain;
    private final int bits;
    private final Supplier<? extends T> vectors;
    private final Consumer<? super T> exercise;
    private final long delayMillis;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile T compiled;

    /**
     * Prepares to choose.
     *
     * @param plain what serves at first
     * @param bits the narrowest vectors for which there is vector code
     * @param vectors creates the vector code; not called where vectors are narrower or missing. A
     *     lambda, no reference to a constructor: that would load the class, and with it the Vector
     *     API, which may not be there
     * @param exercise runs everything, in less than 5 µs once it is compiled, also with lengths and
     *     places that are no multiples of a vector's: what the compiler has not seen it leaves out.
     *     Makes no arrays but those that the vector code makes
     */
    public Warming(T plain, int bits, Supplier<? extends T> vectors, Consumer<? super T> exercise) {
        this(plain, bits, vectors, exercise, 0);
    }

    /**
     * Prepares to choose, for code that others go before.
     *
     * @param delayMillis how long after the first use to begin
     * @see #Warming(Object, int, Supplier, Consumer) the other parameters
     */
    public Warming(
            T plain,
            int bits,
            Supplier<? extends T> vectors,
            Consumer<? super T> exercise,
            long delayMillis) {
        this.plain = plain;
        this.bits = bits;
        this.vectors = vectors;
        this.exercise = exercise;
        this.delayMillis = delayMillis;
    }

    private static ScheduledExecutorService background() {
        var threads = Thread.ofPlatform().daemon().name("gradus-cpu-warm-up").factory();
        var executor = new ScheduledThreadPoolExecutor(1, threads);
        executor.setKeepAliveTime(1, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Returns what is fastest now. */
    public T best() {
        T ready = compiled;
        if (ready != null) {
            return ready;
        }
        if (!started.getPlain()
                && VectorProvider.bits() >= bits
                && started.compareAndSet(false, true)) {
            schedule(() -> warm(vectors.get(), FIRST_RUNS, System.nanoTime()), delayMillis);
        }
        return plain;
    }

    /** Has something done later; what fails is told, as nobody waits for it. */
    private static void schedule(Runnable work, long delayMillis) {
        BACKGROUND.schedule(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | LinkageError problem) {
                        System.getLogger("org.gradus.cpu")
                                .log(
                                        Level.WARNING,
                                        "vector code failed, and slower code serves: " + problem);
                    }
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
    }

    /**
     * Runs the vector code for a while, then lets others have their turn, until it is fast.
     *
     * @param begin when the first run was, as {@link System#nanoTime()} counts
     */
    private void warm(T candidate, int runs, long begin) {
        long start = System.nanoTime();
        boolean patient = start - begin < PATIENCE_NANOS;
        long before = start;
        int fast = 0;
        for (int i = 0; i < runs && fast < FAST_RUNS && before - start < TURN_NANOS; i++) {
            long allocated = Allocation.bytes();
            exercise.accept(candidate);
            allocated = Allocation.bytes() - allocated;
            long after = System.nanoTime();
            boolean whole = allocated < COMPILED_BYTES || !patient;
            fast = whole && after - before < COMPILED_NANOS ? fast + 1 : 0;
            before = after;
        }
        if (fast == FAST_RUNS) {
            compiled = candidate;
        } else if (before - begin < GIVE_UP_NANOS) {
            schedule(() -> warm(candidate, LATER_RUNS, begin), PAUSE_MILLIS);
        }
    }
}
