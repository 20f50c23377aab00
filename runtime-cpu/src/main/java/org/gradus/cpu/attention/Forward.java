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
    private final float[] shifts = new float[WIDTH];
    private final float[] totals = new float[WIDTH];
    private final float[] factors = new float[WIDTH];

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
        Arrays.fill(shifts, 0);
        Arrays.fill(totals, 0);
        int seen = problem.seenBy(group);
        int valueSize = problem.valueSize();
        for (int t = 0; t * Problem.TILE_KEYS < seen; t++) {
            int count = Math.min(Problem.TILE_KEYS, seen - t * Problem.TILE_KEYS);
            problem.scores(
                    sequence, head, group, t, count, keyRows, queryColumns, 0, tile, 0, room);
            lanes.maxima(tile, 0, count, maxima);
            if (raiseShifts() && t > 0) {
                lanes.scale(sum, 0, valueSize, factors);
            }
            lanes.exponentials(tile, 0, count, shifts, 0, totals);
            addValues(t, count);
        }
        if (seen == 0) {
            Arrays.fill(sum, 0, valueSize * WIDTH, 0);
        }
        finish(head, group);
    }

    /**
     * Moves the shifts up to the new maxima and scales the totals down; a query that has seen
     * nothing yet keeps the shift 0, so that its exponentials are 0 and not NaN.
     */
    private boolean raiseShifts() {
        boolean changed = false;
        for (int lane = 0; lane < WIDTH; lane++) {
            float shift = maxima[lane] == Float.NEGATIVE_INFINITY ? 0 : maxima[lane];
            float factor = 1;
            if (shift != shifts[lane]) {
                // exact for the first tile that shows something: the total before is 0
                factor = (float) Math.exp(shifts[lane] - shift);
                factor = totals[lane] == 0 ? 0 : factor;
                changed = true;
            }
            factors[lane] = factor;
            totals[lane] *= factor;
            shifts[lane] = shift;
        }
        return changed;
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
        for (int lane = 0; lane < WIDTH; lane++) {
            float total = totals[lane];
            factors[lane] = total == 0 ? 0 : 1 / total;
            if (lane < count) {
                logSums[logSumsAt + row + lane] =
                        total == 0
                                ? Float.NEGATIVE_INFINITY
                                : (float) (shifts[lane] + Math.log(total));
            }
        }
        problem.lanes().scale(sum, 0, problem.valueSize(), factors);
        problem.store(sum, 0, WIDTH, count, output, sequence, head, firstQuery, room);
    }
}
