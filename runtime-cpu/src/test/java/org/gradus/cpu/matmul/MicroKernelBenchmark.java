package org.gradus.cpu.matmul;

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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The innermost parts of matrix products, with operands in the first-level cache: {@code 2 * depth
 * * rows * columns} flops in the nanoseconds shown.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class MicroKernelBenchmark {
    /** Which of the candidates of this processor. */
    @Param({"0", "1", "2"})
    public int candidate;

    /** How many products are summed. */
    @Param({"64", "256"})
    public int depth;

    private MicroKernel kernel;
    private float[] a;
    private float[] b;
    private float[] c;
    private int columns;

    /** Fills the operands. */
    @Setup
    public void prepare() {
        var candidates = MicroKernels.candidates();
        kernel = candidates.get(Math.min(candidate, candidates.size() - 1));
        columns = kernel.panels() * MicroKernel.WIDTH;
        a = new float[kernel.rows() * depth];
        b = new float[columns * depth];
        c = new float[kernel.rows() * columns];
    }

    /** One tile. */
    @Benchmark
    public float[] tile() {
        kernel.multiply(depth, a, 0, b, 0, c, 0, columns, false);
        return c;
    }
}
