package org.gradus.cpu.pointwise;

import java.util.ArrayList;
import java.util.List;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.pointwise.Evaluation.Target;
import org.gradus.cpu.pointwise.TileProgram.Output;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/** A program about to be run on given views, cut into tiles. */
final class MapLaunch {
    private final Evaluation evaluation;
    private final Target[] targets;
    private final Tiling tiling;
    private final LoopLaunch loop;

    private MapLaunch(Evaluation evaluation, Target[] targets, Tiling tiling, LoopLaunch loop) {
        this.evaluation = evaluation;
        this.targets = targets;
        this.tiling = tiling;
        this.loop = loop;
    }

    /** Finds the compiled form of a program for an iteration space. */
    @FunctionalInterface
    interface Preparation {
        Evaluation prepare(IterationSpace space);
    }

    static MapLaunch of(
            Shape shape,
            List<View> inputs,
            List<View> outputs,
            FloatLoop loop,
            Preparation preparation) {
        List<View> operands = new ArrayList<>(inputs.size() + outputs.size());
        operands.addAll(inputs);
        operands.addAll(outputs);
        IterationSpace space = IterationSpace.of(shape, operands);
        Evaluation evaluation = preparation.prepare(space);
        Target[] targets = targets(evaluation.program(), inputs, outputs);
        return new MapLaunch(
                evaluation,
                targets,
                Tiling.of(space),
                LoopLaunch.of(loop, evaluation, space, operands));
    }

    private static Target[] targets(TileProgram program, List<View> inputs, List<View> outputs) {
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

    /** Returns the number of tiles. */
    long tiles() {
        return tiling.count();
    }

    /** Computes the tiles in {@code [first, end)}. */
    void run(int worker, Frame frame, long first, long end) {
        if (loop != null && end > first) {
            loop.run(tiling.position(first), tiling.position(end - 1) + tiling.size(end - 1));
            return;
        }
        evaluation.begin(worker, tiling.longest());
        for (long tile = first; tile < end; tile++) {
            evaluation.map(frame, targets, tiling.position(tile), tiling.size(tile));
        }
        evaluation.end(worker);
    }
}
