package org.gradus.cpu.recurrent;

import java.util.Optional;
import org.gradus.cpu.CpuBuffer;
import org.gradus.device.RecurrentKernels.Cell;
import org.gradus.device.View;

/**
 * The layout of a batch of sequences, and the order of their steps.
 *
 * @param lengths the steps of each sequence, or null where all have as many
 * @param lengthsAt where they begin
 */
record Sequence(
        Cell cell,
        int steps,
        int batch,
        int hidden,
        boolean reverse,
        long[] lengths,
        int lengthsAt) {
    static Sequence of(Cell cell, View states, Optional<View> lengths, boolean reverse) {
        return new Sequence(
                cell,
                states.shape().size(1),
                states.shape().size(2),
                states.shape().size(3),
                reverse,
                lengths.map(view -> CpuBuffer.of(view).longs()).orElse(null),
                lengths.map(view -> (int) view.offset()).orElse(0));
    }

    /** Returns the place in the sequence of the step that is taken {@code order}-th. */
    int step(int order) {
        return reverse ? steps - 1 - order : order;
    }

    boolean hasEnded(int row, int step) {
        return lengths != null && lengths[lengthsAt + row] <= step;
    }

    /** Returns the end of the run of rows from {@code row} on that have all ended, or all not. */
    int endOfRun(int row, int endRow, int step) {
        int end = row + 1;
        while (end < endRow && hasEnded(end, step) == hasEnded(row, step)) {
            end++;
        }
        return end;
    }

    /** Returns the distance between the parts of the initial states. */
    int part() {
        return batch * hidden;
    }

    /** Returns where a unit's values lie that have so many per unit, relative to the first. */
    int position(int step, int row, int perUnit, int unit) {
        return (step * batch + row) * perUnit * hidden + unit;
    }
}
