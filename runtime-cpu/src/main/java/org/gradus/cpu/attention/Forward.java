package org.gradus.cpu.attention;

import java.util.Arrays;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.threads.Scratch;

/**
 * Attention of queries to all keys of a head, with a softmax that goes from tile to tile (Milakov
 * and Gimelshein, 2018): what was summed before is scaled down when a larger score comes.
 */
final class Forward {
    static final int SCRATCH_SLOTS = 6;

    private static final int WIDTH = Problem.WIDTH;

    private final Problem problem;
    private final Heads output;
    private final float[] logSums;
    private final int logSumsAt;
    private final int sequence;
    private final int keyHead;

    private final float[] keyRows;
    private final float[] valueDepth;
    private final float[] queryColumns;
    private final float[] tile;
    private final float[] sum;
    private final float[] room;
    private final float[] maxima = new float[WIDTH];
    private final float[] totals = new float[WIDTH];
    private final float[] factors = new float[WIDTH];
    private final float[] logarithms = new float[WIDTH];

    /** Prepares for one head of keys, in the calling thread's scratch memory. */
    Forward(
            Problem problem,
            Heads output,
            float[] logSums,
            int logSumsAt,
            int sequence,
            int keyHead,
            Scratch scratch) {
        this.problem = problem;
        this.output = output;
        this.logSums = logSums;
        this.logSumsAt = logSumsAt;
        this.sequence = sequence;
        this.keyHead = keyHead;
        int size = problem.size();
        int valueRows = Problem.padded(problem.valueSize(), problem.byValue());
        int widest = Math.max(size, PackedBlock.panels(problem.valueSize(), WIDTH) * WIDTH);
        keyRows = scratch.floats(0, Problem.padded(problem.keys(), problem.byKey()) * size);
        valueDepth = scratch.floats(1, problem.keys() * valueRows);
        queryColumns = scratch.floats(2, size * WIDTH);
        tile = scratch.floats(3, Problem.TILE_KEYS * WIDTH);
        sum = scratch.floats(4, valueRows * WIDTH);
        room = scratch.floats(5, Math.max(widest, Problem.TILE_KEYS) * WIDTH);
    }

    /** Computes the queries of some groups, of all heads that share the keys. */
    void compute(int firstGroup, int endGroup) {
        int seen = problem.seenBy(endGroup - 1);
        problem.packAsRows(problem.key(), sequence, keyHead, keyRows);
        int valueRows = Problem.padded(problem.valueSize(), problem.byValue());
        for (int t = 0; t * Problem.TILE_KEYS < seen; t++) {
            int first = t * Problem.TILE_KEYS;
            problem.packAsDepth(
                    problem.value(),
                    sequence,
                    keyHead,
                    first,
                    problem.keysOf(t),
                    problem.byValue(),
                    valueDepth,
                    first * valueRows);
        }
        for (int shared = 0; shared < problem.sharing(); shared++) {
            int head = keyHead * problem.sharing() + shared;
            for (int group = firstGroup; group < endGroup; group++) {
                computeGroup(head, group);
            }
        }
    }

    private void computeGroup(int head, int group) {
        int size = problem.size();
        TileLanes lanes = problem.lanes();
        problem.packAsColumns(problem.query(), sequence, head, group, queryColumns, 0);
        lanes.scale(queryColumns, 0, size * WIDTH, problem.scale());
        Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
        Arrays.fill(totals, 0);
        int seen = problem.seenBy(group);
        int valueSize = problem.valueSize();
        for (int t = 0; t * Problem.TILE_KEYS < seen; t++) {
            int count = Math.min(Problem.TILE_KEYS, seen - t * Problem.TILE_KEYS);
            problem.scores(
                    sequence, head, group, t, count, keyRows, queryColumns, 0, tile, 0, room);
            if (lanes.softmax(tile, 0, count, maxima, totals, factors) && t > 0) {
                lanes.scale(sum, 0, valueSize, factors);
            }
            addValues(t, count);
        }
        if (seen == 0) {
            Arrays.fill(sum, 0, valueSize * WIDTH, 0);
        }
        finish(head, group);
    }

    private void addValues(int t, int count) {
        int height = problem.byValue().rows();
        int depth = problem.keysOf(t);
        int valueRows = Problem.padded(problem.valueSize(), problem.byValue());
        int from = t * Problem.TILE_KEYS * valueRows;
        for (int row = 0; row < valueRows; row += height) {
            problem.byValue()
                    .multiply(
                            count,
                            valueDepth,
                            from + row * depth,
                            tile,
                            0,
                            sum,
                            row * WIDTH,
                            WIDTH,
                            t > 0);
        }
    }

    private void finish(int head, int group) {
        int count = problem.lanesOf(group);
        int firstQuery = group * WIDTH;
        int row = (sequence * problem.query().heads() + head) * problem.queries() + firstQuery;
        problem.lanes().finish(maxima, totals, factors, logarithms);
        System.arraycopy(logarithms, 0, logSums, logSumsAt + row, count);
        problem.lanes().scale(sum, 0, problem.valueSize(), factors);
        problem.store(sum, 0, WIDTH, count, output, sequence, head, firstQuery, room);
    }
}
