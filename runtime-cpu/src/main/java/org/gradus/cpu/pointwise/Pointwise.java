package org.gradus.cpu.pointwise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.pointwise.Evaluation.Target;
import org.gradus.cpu.pointwise.TileProgram.Output;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;

/**
 * Runs pointwise programs, and keeps the compiled ones.
 *
 * <p>Cost: each tensor is read or written once; each instruction adds a pass over tiles in the
 * first-level cache, about 0.1 ns per element.
 */
public final class Pointwise {
    /** Programs that are kept compiled; a model has a few hundred. */
    private static final int CACHED_PROGRAMS = 4096;

    /** Rows at least this long are cut into tiles of their own, so that they are read in place. */
    private static final int LONG_ROW = 384;

    /** A task's elements: more than a hundred times what handing it out costs. */
    private static final int TILES_PER_TASK = 16;

    private record Key(Program program, long uniformInputs, boolean widenIntegers) {}

    private final WorkerPool pool;
    private final boolean dump;
    private final FloatOps ops = FloatOps.create();
    private final Frames frames;
    private final Map<Key, TileProgram> programs = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Creates an interpreter.
     *
     * @param dump whether to print each program to the standard error when it is compiled
     */
    public Pointwise(WorkerPool pool, boolean dump) {
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
        List<View> operands = new ArrayList<>(inputs.size() + outputs.size());
        operands.addAll(inputs);
        operands.addAll(outputs);
        IterationSpace space = IterationSpace.of(shape, operands);
        TileProgram compiled = compile(program, space, inputs.size(), false);
        Evaluation evaluation = new Evaluation(compiled, space, arguments, inputs, frames, ops);
        Target[] targets = targets(compiled, inputs, outputs);

        Tiling tiling = Tiling.of(space);
        int tasks = (int) ((tiling.count() + TILES_PER_TASK - 1) / TILES_PER_TASK);
        pool.run(
                tasks,
                (task, worker) -> {
                    Frame frame = frames.of(worker);
                    long first = (long) task * TILES_PER_TASK;
                    long end = Math.min(first + TILES_PER_TASK, tiling.count());
                    evaluation.begin(worker, tiling.longest());
                    for (long tile = first; tile < end; tile++) {
                        evaluation.map(frame, targets, tiling.position(tile), tiling.size(tile));
                    }
                    evaluation.end(worker);
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

    private static Target[] targets(
            TileProgram program, List<View> inputs, List<View> outputs) {
        Target[] targets = new Target[outputs.size()];
        for (int i = 0; i < targets.length; i++) {
            View view = outputs.get(i);
            boolean inPlace = false;
            for (int k = 0; k < inputs.size(); k++) {
                inPlace |= inputs.get(k).buffer() == view.buffer();
            }
            Output output = program.outputs().get(i);
            boolean direct = output.writable() && (!inPlace || output.last());
            targets[i] = new Target(CpuBuffer.of(view).array(), inputs.size() + i, direct);
        }
        return targets;
    }

    /**
     * How an iteration space is cut into tiles: along its rows where they are long, else regardless
     * of them.
     */
    private record Tiling(long elements, long row, long tilesPerRow) {
        static Tiling of(IterationSpace space) {
            long row = space.inner() >= LONG_ROW ? space.inner() : space.elements();
            return new Tiling(space.elements(), row, (row + Frame.TILE - 1) / Frame.TILE);
        }

        long count() {
            return elements / row * tilesPerRow;
        }

        int longest() {
            return (int) Math.min(row, Frame.TILE);
        }

        long position(long tile) {
            return tile / tilesPerRow * row + tile % tilesPerRow * Frame.TILE;
        }

        int size(long tile) {
            return (int) Math.min(Frame.TILE, row - tile % tilesPerRow * Frame.TILE);
        }
    }
}
