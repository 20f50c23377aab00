package org.gradus.cpu.threads;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to hand work to the pool and wait for it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WorkerPoolBenchmark {
    /** The pool's threads. */
    @Param({"1", "2"})
    public int threads;

    private WorkerPool pool;
    private int[] done;

    /** Starts the pool. */
    @Setup
    public void start() {
        pool = new WorkerPool(threads);
        done = new int[64 * threads];
    }

    /** Ends the pool. */
    @TearDown
    public void stop() {
        pool.close();
    }

    /** Two empty tasks. */
    @Benchmark
    public int[] twoTasks() {
        pool.run(2, (task, worker) -> done[64 * worker]++);
        return done;
    }
}
