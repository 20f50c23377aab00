package org.gradus.cpu.ctc;

import java.util.Arrays;
import org.gradus.cpu.CpuBuffer;
import org.gradus.cpu.FloatRows;
import org.gradus.device.CtcKernels.Targets;
import org.gradus.device.View;
import org.gradus.shape.Shape;

/**
 * The sequences of a batch and their targets.
 *
 * @param logs a row for each time of each sequence
 * @param labels the labels of all sequences, one after the other, from {@code labelsAt} on
 */
record Alignments(
        FloatRows logs,
        int times,
        int batch,
        int classes,
        Targets targets,
        long[] labels,
        int labelsAt) {
    static Alignments of(View logs, Targets targets) {
        Shape shape = logs.shape();
        int classes = shape.size(2);
        return new Alignments(
                FloatRows.of(logs, classes),
                shape.size(0),
                shape.size(1),
                classes,
                targets,
                CpuBuffer.of(targets.labels()).longs(),
                (int) targets.labels().offset());
    }

    /**
     * Returns a sequence.
     *
     * @throws IndexOutOfBoundsException if a label is no class, or a time is not there
     */
    Sequence sequence(int n) {
        long counted = at(targets.times(), n);
        if (counted < 0 || counted > times) {
            throw new IndexOutOfBoundsException(
                    "ctc: sequence " + n + " has " + counted + " of " + times + " times");
        }
        long length = at(targets.lengths(), n);
        boolean exists = length >= 0 && length <= targets.length();
        int[] places = new int[exists ? 2 * (int) length + 1 : 1];
        Arrays.fill(places, targets.blank());
        for (int i = 0; i < places.length / 2; i++) {
            long label = labels[labelsAt + n * targets.length() + i];
            if (label < 0 || label >= classes) {
                throw new IndexOutOfBoundsException(
                        "ctc: label " + label + " is out of bounds for " + classes + " classes");
            }
            places[2 * i + 1] = (int) label;
        }
        return new Sequence(logs, n, batch, (int) counted, places, targets.blank(), exists);
    }

    private static long at(View counts, int n) {
        return CpuBuffer.of(counts).longs()[(int) counts.offset() + n];
    }

    /** Sets the rows of a sequence to 0. */
    void clear(FloatRows rows, int n) {
        for (int t = 0; t < times; t++) {
            int from = rows.at(t * batch + n);
            Arrays.fill(rows.array(), from, from + classes, 0);
        }
    }
}
