package org.gradus.cpu.pointwise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.gradus.cpu.vector.VectorProvider;
import org.gradus.cpu.vector.Warming;
import org.gradus.device.Buffer;
import org.gradus.device.View;
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

    /** Comparisons pass more memory, and functions gain what is done while they wait. */
    private static final int LEAST_VECTOR_OPERATIONS = 2;

    private static final int MOST_LOOPS = 512;

    /** Of so many programs it is known whether they may get one. */
    private static final int MOST_PROGRAMS = 4096;

    private static final int SCRATCH = 4096;
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Vectors that {@link #exercise} takes, twice: few, so that whole runs are compiled. */
    private static final int EXERCISE = 20;

    private static final int SMALLEST_BITS = 128;

    /** What kind of loop a program may get. */
    private enum Kind {
        NONE,
        PLAIN,
        VECTOR
    }

    /** A program that may get a loop. */
    private static final class Candidate {
        private int launches;
        private volatile FloatLoop loop;
        private volatile Warming<FloatLoop> vectors;

        private FloatLoop best() {
            Warming<FloatLoop> warming = vectors;
            return warming != null ? warming.best() : loop;
        }
    }

    /**
     * What a loop is made for.
     *
     * @param inPlace for each output the number of the input that it overwrites, or -1. The JVM's
     *     compiler makes vector code of a loop with several outputs only where it sees that they
     *     are inputs, and cannot be others' elements: an update of Adam is then three times as fast
     */
    private record Key(Program program, List<Integer> inPlace) {}

    private final Map<Program, Kind> kinds = new ConcurrentHashMap<>();
    private final Map<Key, Candidate> candidates = new ConcurrentHashMap<>();
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
    FloatLoop find(Program program, long elements, List<View> inputs, List<View> outputs) {
        Kind kind = elements < LEAST_ELEMENTS ? Kind.NONE : kind(program);
        if (kind == Kind.NONE) {
            return null;
        }
        boolean plain = kind == Kind.PLAIN;
        Key key = new Key(program, plain ? inPlace(program, inputs, outputs) : List.of());
        Candidate candidate = candidates.get(key);
        if (candidate == null) {
            if (candidates.size() >= MOST_LOOPS) {
                return null;
            }
            candidate = new Candidate();
            candidates.put(key, candidate);
        }
        if (candidate.best() == null) {
            count(candidate, key, kind);
        }
        return candidate.best();
    }

    private Kind kind(Program program) {
        Kind known = kinds.get(program);
        if (known == null) {
            known = kindOf(program);
            if (kinds.size() < MOST_PROGRAMS) {
                kinds.put(program, known);
            }
        }
        return known;
    }

    private static Kind kindOf(Program program) {
        double operations = cost(program, false);
        if (FloatLoopCompiler.isSuitable(program)) {
            return operations >= LEAST_OPERATIONS ? Kind.PLAIN : Kind.NONE;
        }
        boolean vector =
                operations >= LEAST_VECTOR_OPERATIONS
                        && VectorProvider.bits() >= SMALLEST_BITS
                        && VectorLoopCompiler.isSuitable(program);
        return vector ? Kind.VECTOR : Kind.NONE;
    }

    private static List<Integer> inPlace(Program program, List<View> inputs, List<View> outputs) {
        List<Integer> result = new ArrayList<>(Collections.nCopies(outputs.size(), -1));
        for (Instruction n : program.instructions()) {
            if (n.op() == Op.INPUT) {
                int output = indexOf(inputs.get((int) n.payload()).buffer(), outputs);
                if (output >= 0) {
                    result.set(output, (int) n.payload());
                }
            }
        }
        return result;
    }

    private static int indexOf(Buffer buffer, List<View> views) {
        for (int i = 0; i < views.size(); i++) {
            if (views.get(i).buffer() == buffer) {
                return i;
            }
        }
        return -1;
    }

    private void count(Candidate candidate, Key key, Kind kind) {
        synchronized (candidate) {
            candidate.launches++;
            if (candidate.launches != launchesBefore) {
                return;
            }
            if (kind == Kind.PLAIN) {
                background.execute(() -> make(candidate, key));
            } else if (warmed) {
                candidate.vectors = warming(key.program);
            } else {
                candidate.loop = VectorLoopCompiler.compile(key.program);
            }
        }
    }

    /** Nothing stands in for a loop that is not compiled: the interpreter works till then. */
    private static Warming<FloatLoop> warming(Program program) {
        return new Warming<>(
                null, SMALLEST_BITS, () -> VectorLoopCompiler.compile(program), exercise(program));
    }

    private static Consumer<FloatLoop> exercise(Program program) {
        int n = EXERCISE * VectorProvider.bits() / Float.SIZE;
        float[][] tensors = new float[program.inputTypes().size() + program.outputCount()][n];
        float[] scalars = new float[program.scalarTypes().size()];
        return loop -> {
            loop.run(tensors, scalars, 0, n);
            loop.run(tensors, scalars, 1, n);
        };
    }

    private void make(Candidate candidate, Key key) {
        FloatLoop loop = FloatLoopCompiler.compile(key.program, key.inPlace);
        if (!warmed || isFast(loop, key)) {
            candidate.loop = loop;
        }
    }

    /** Runs a loop until it takes the time of vector code, or for some time in vain. */
    private static boolean isFast(FloatLoop loop, Key key) {
        Program program = key.program;
        int tensorCount = program.inputTypes().size() + program.outputCount();
        float[][] tensors = new float[tensorCount][SCRATCH];
        for (float[] tensor : tensors) {
            Arrays.fill(tensor, 1.5f);
        }
        for (int i = 0; i < program.outputCount(); i++) {
            if (key.inPlace.get(i) >= 0) {
                tensors[program.inputTypes().size() + i] = tensors[key.inPlace.get(i)];
            }
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
