package org.gradus.cpu.pointwise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * Runs pointwise programs, and keeps the compiled ones.
 *
 * <p>Cost: each tensor is read or written once; each instruction adds a pass over tiles in the
 * first-level cache, about 0.1 ns per element. A program that runs often gets a {@link FloatLoop}
 * without these passes.
 */
public final class Pointwise {
    /** Programs that are kept compiled; a model has a few hundred. */
    private static final int CACHED_PROGRAMS = 4096;

    /** A task's elements: more than a hundred times what handing it out costs. */
    private static final int TILES_PER_TASK = 16;

    private record Key(Program program, long uniformInputs, boolean widenIntegers) {}

    private final WorkerPool pool;
    private final boolean dump;
    private final FloatOps ops = FloatOps.create();
    private final Frames frames;
    private final FloatLoops loops;
    private final Map<Key, TileProgram> programs = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Creates an interpreter.
     *
     * @param dump whether to print each program to the standard error when it is compiled
     */
    public Pointwise(WorkerPool pool, boolean dump) {
        this(pool, dump, FloatLoops.create());
    }

    Pointwise(WorkerPool pool, boolean dump, FloatLoops loops) {
        this.loops = loops;
        this.pool = pool;
        this.dump = dump;
        this.frames = new Frames(pool.threads());
    }

    /** Runs a program as {@link org.gradus.device.Device#map} says. */
    public void map(
            Program program, Shape shape, long[] arguments, List<View> inputs, List<View> outputs) {
        if (shape.elements() == 0) {
            return;
        }
        MapLaunch launch = launch(program, shape, arguments, inputs, outputs);
        long tiles = launch.tiles();
        pool.run(
                Math.toIntExact((tiles + TILES_PER_TASK - 1) / TILES_PER_TASK),
                (task, worker) -> {
                    long first = (long) task * TILES_PER_TASK;
                    long end = Math.min(first + TILES_PER_TASK, tiles);
                    launch.run(worker, frames.of(worker), first, end);
                });
    }

    /**
     * Runs one program on several groups of views, which may differ in shape, as if on one after
     * the other but shared among threads as one piece of work. Outputs of one group are not inputs
     * of another.
     */
    public void mapAll(
            Program program, long[] arguments, List<List<View>> inputs, List<List<View>> outputs) {
        List<MapLaunch> launches = new ArrayList<>(outputs.size());
        long[] starts = new long[outputs.size() + 1];
        for (int i = 0; i < outputs.size(); i++) {
            Shape shape = outputs.get(i).getFirst().shape();
            if (shape.elements() > 0) {
                MapLaunch launch = launch(program, shape, arguments, inputs.get(i), outputs.get(i));
                starts[launches.size() + 1] = starts[launches.size()] + launch.tiles();
                launches.add(launch);
            }
        }
        int count = launches.size();
        long tiles = starts[count];
        pool.run(
                Math.toIntExact((tiles + TILES_PER_TASK - 1) / TILES_PER_TASK),
                (task, worker) -> {
                    long first = (long) task * TILES_PER_TASK;
                    long end = Math.min(first + TILES_PER_TASK, tiles);
                    int found = Arrays.binarySearch(starts, 0, count, first);
                    for (int i = found < 0 ? -found - 2 : found;
                            i < count && starts[i] < end;
                            i++) {
                        long from = Math.max(first, starts[i]) - starts[i];
                        long to = Math.min(end, starts[i + 1]) - starts[i];
                        launches.get(i).run(worker, frames.of(worker), from, to);
                    }
                });
    }

    private MapLaunch launch(
            Program program, Shape shape, long[] arguments, List<View> inputs, List<View> outputs) {
        return MapLaunch.of(
                shape,
                inputs,
                outputs,
                loops.find(program, shape.elements(), inputs, outputs),
                space -> {
                    TileProgram compiled = compile(program, space, inputs.size(), false);
                    return new Evaluation(compiled, space, arguments, inputs, frames, ops);
                });
    }

    /**
     * Returns a launch of a program with one output, to be evaluated tile by tile. The output is
     * computed as {@code F32}, {@code F64} or, if it is not floating, {@code I64}.
     *
     * @param space has the inputs as its first operands
     */
    public Evaluation evaluation(
            Program program, IterationSpace space, long[] arguments, List<View> inputs) {
        TileProgram compiled = compile(program, space, inputs.size(), true);
        return new Evaluation(compiled, space, arguments, inputs, frames, ops);
    }

    private TileProgram compile(
            Program program, IterationSpace space, int inputs, boolean widenIntegers) {
        long uniform = 0;
        for (int i = 0; i < Math.min(inputs, Long.SIZE); i++) {
            if (space.isUniformOperand(i)) {
                uniform |= 1L << i;
            }
        }
        Key key = new Key(program, uniform, widenIntegers);
        synchronized (programs) {
            TileProgram known = programs.get(key);
            if (known == null) {
                known = TileCompiler.compile(program, uniform, widenIntegers, ops);
                programs.put(key, known);
                if (programs.size() > CACHED_PROGRAMS) {
                    programs.remove(programs.keySet().iterator().next());
                }
                if (dump) {
                    System.err.print(program);
                }
            }
            return known;
        }
    }
}
