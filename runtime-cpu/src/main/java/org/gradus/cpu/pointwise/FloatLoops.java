package org.gradus.cpu.pointwise;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.gradus.expr.Op;
import org.gradus.expr.Program;
import org.gradus.expr.Program.Instruction;

/**
 * Makes loops of their own for programs that run again and again, such as the update of an
 * optimizer. Until a loop is as fast as it should be the interpreter does the work: new code is
 * slow at first, so a thread in the background runs it on scratch data until the JVM has compiled
 * it. Loop and interpreter give the same bits.
 */
final class FloatLoops {
    /** Launches after which a program is worth a class. */
    private static final int LAUNCHES = 8;

    /** Elements from which the passes of the interpreter matter. */
    private static final int LEAST_ELEMENTS = 4096;

    /** With fewer operations the interpreter passes as little memory. */
    private static final int LEAST_OPERATIONS = 3;

    private static final int MOST_LOOPS = 512;

    private static final int SCRATCH = 4096;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** A program that may get a loop. */
    private static final class Candidate {
        private int launches;
        private volatile FloatLoop loop;
    }

    /** Stands for a program that gets none. */
    private static final Candidate NONE = new Candidate();

    private final Map<Program, Candidate> candidates = new ConcurrentHashMap<>();
    private final Executor background;
    private final int launchesBefore;
    private final boolean warmed;

    private FloatLoops(Executor background, int launchesBefore, boolean warmed) {
        this.background = background;
        this.launchesBefore = launchesBefore;
        this.warmed = warmed;
    }

    /** Returns loops that are made and warmed in the background. */
    static FloatLoops create() {
        ThreadPoolExecutor background =
                new ThreadPoolExecutor(
                        1,
                        1,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("gradus-cpu-loops").factory());
        background.allowCoreThreadTimeOut(true);
        return new FloatLoops(background, LAUNCHES, true);
    }

    /** Returns loops that are there from the first launch on, cold. */
    static FloatLoops immediate() {
        return new FloatLoops(Runnable::run, 1, false);
    }

    /** Returns the loop of a program that is about to run; null while there is none. */
    FloatLoop find(Program program, long elements) {
        if (elements < LEAST_ELEMENTS) {
            return null;
        }
        Candidate candidate = candidates.get(program);
        if (candidate == null) {
            boolean suitable =
                    candidates.size() < MOST_LOOPS
                            && FloatLoopCompiler.isSuitable(program)
                            && cost(program, false) >= LEAST_OPERATIONS;
            candidate = suitable ? new Candidate() : NONE;
            candidates.put(program, candidate);
        }
        if (candidate != NONE && candidate.loop == null) {
            count(candidate, program);
        }
        return candidate.loop;
    }

    private void count(Candidate candidate, Program program) {
        synchronized (candidate) {
            candidate.launches++;
            if (candidate.launches == launchesBefore) {
                background.execute(() -> make(candidate, program));
            }
        }
    }

    private void make(Candidate candidate, Program program) {
        FloatLoop loop = FloatLoopCompiler.compile(program);
        if (!warmed || isFast(loop, program)) {
            candidate.loop = loop;
        }
    }

    /** Runs a loop until it takes the time of vector code, or for some time in vain. */
    private static boolean isFast(FloatLoop loop, Program program) {
        int tensorCount = program.inputTypes().size() + program.outputCount();
        float[][] tensors = new float[tensorCount][SCRATCH];
        for (float[] tensor : tensors) {
            Arrays.fill(tensor, 1.5f);
        }
        float[] scalars = new float[program.scalarTypes().size()];
        long expected = (long) (cost(program, true) * SCRATCH);
        long start = System.nanoTime();
        long before = start;
        int fast = 0;
        while (fast < 3 && before - start < GIVE_UP_NANOS) {
            loop.run(tensors, scalars, 3, SCRATCH);
            loop.run(tensors, scalars, 0, SCRATCH / 2 + 1);
            long after = System.nanoTime();
            fast = after - before < 2 * expected ? fast + 1 : 0;
            before = after;
        }
        return fast == 3;
    }

    /** Returns the operations for each element, or about the nanoseconds that they take. */
    private static double cost(Program program, boolean nanoseconds) {
        double cost = 0;
        for (Instruction n : program.instructions()) {
            boolean leaf = n.op().arity() == 0;
            boolean slow = n.op() == Op.DIVIDE || n.op() == Op.RECIPROCAL || n.op() == Op.SQRT;
            cost += leaf ? 0 : !nanoseconds ? 1 : slow ? 0.8 : 0.15;
        }
        return nanoseconds ? cost + 0.5 : cost;
    }
}
