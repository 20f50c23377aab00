package org.gradus.cpu.attention;

import java.util.Arrays;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.Scratch;

/**
 * The gradients of attention for one head of keys (Dao et al., 2022, algorithm 4): scores are
 * computed again, tile by tile of keys, and for each tile block by block of queries.
 */
final class Backward {
    static final int SCRATCH_SLOTS = 17;

    private static final int WIDTH = Problem.WIDTH;
    private static final int TILE_KEYS = Problem.TILE_KEYS;

    /** Groups of 16 queries whose probabilities are summed over at once. */
    private static final int BLOCK_GROUPS = 4;

    private static final int BLOCK = BLOCK_GROUPS * WIDTH;

    /**
     * The tensors that gradients are computed from and written to, besides the problem's.
     *
     * @param logSums {@code [batch, heads, queries]}, contiguous from {@code logSumsAt} on
     */
    record Tensors(
            Heads outputGradient,
            Heads output,
            float[] logSums,
            int logSumsAt,
            Heads queryGradient,
            Heads keyGradient,
            Heads valueGradient) {}

    private final Problem problem;
    private final Tensors tensors;
    private final RowKernels rows;
    private final int sequence;
    private final int keyHead;
    private final int sizeRows;
    private final int valueRows;

    /** Of the keys: as rows for scores, as depth for the query's gradient; values as rows. */
    private final float[] keyRows;

    private final float[] keyDepth;
    private final float[] valueRowPanels;

    /** Of all queries that share the keys, one head after the other. */
    private final float[] queryColumns;

    private final float[] gradientColumns;
    private final float[] queryDepth;
    private final float[] gradientDepth;
    private final float[] queryGradients;
    private final float[] logSums;
    private final float[] deltas;

    /** Of a block: a tile for each of its groups, and the same transposed. */
    private final float[] probabilities;

    private final float[] scoreGradients;
    private final float[] probabilityColumns;
    private final float[] scoreGradientColumns;

    /** Of a tile of keys, transposed: {@code [size][96]}. */
    private final float[] keyGradients;

    private final float[] valueGradients;
    private final float[] room;

    /** Prepares for one head of keys, in the calling thread's scratch memory. */
    Backward(
            Problem problem,
            Tensors tensors,
            RowKernels rows,
            int sequence,
            int keyHead,
            Scratch scratch) {
        this.problem = problem;
        this.tensors = tensors;
        this.rows = rows;
        this.sequence = sequence;
        this.keyHead = keyHead;
        int size = problem.size();
        int valueSize = problem.valueSize();
        sizeRows = Problem.padded(size, problem.bySize());
        valueRows = Problem.padded(valueSize, problem.byValue());
        int paddedKeys = Problem.padded(problem.keys(), problem.byKey());
        int columns = problem.sharing() * problem.groups() * WIDTH;
        int widest = PackedBlock.panels(Math.max(size, valueSize), WIDTH) * WIDTH;
        keyRows = scratch.floats(0, paddedKeys * size);
        keyDepth = scratch.floats(1, problem.keys() * sizeRows);
        valueRowPanels = scratch.floats(2, paddedKeys * valueSize);
        queryColumns = scratch.floats(3, columns * size);
        gradientColumns = scratch.floats(4, columns * valueSize);
        queryDepth = scratch.floats(5, columns * sizeRows);
        gradientDepth = scratch.floats(6, columns * valueRows);
        queryGradients = scratch.floats(7, columns * sizeRows);
        logSums = scratch.floats(8, columns);
        deltas = scratch.floats(9, columns);
        probabilities = scratch.floats(10, BLOCK * TILE_KEYS);
        scoreGradients = scratch.floats(11, BLOCK * TILE_KEYS);
        probabilityColumns = scratch.floats(12, BLOCK * TILE_KEYS);
        scoreGradientColumns = scratch.floats(13, BLOCK * TILE_KEYS);
        keyGradients = scratch.floats(14, sizeRows * TILE_KEYS);
        valueGradients = scratch.floats(15, valueRows * TILE_KEYS);
        room = scratch.floats(16, Math.max(widest * TILE_KEYS, TILE_KEYS * WIDTH));
    }

    /** Computes all gradients of the head of keys and of the queries that share it. */
    void compute() {
        problem.packAsRows(problem.key(), sequence, keyHead, keyRows);
        problem.packAsRows(problem.value(), sequence, keyHead, valueRowPanels);
        for (int t = 0; t < problem.tiles(); t++) {
            int first = t * TILE_KEYS;
            problem.packAsDepth(
                    problem.key(),
                    sequence,
                    keyHead,
                    first,
                    problem.keysOf(t),
                    problem.bySize(),
                    keyDepth,
                    first * sizeRows);
        }
        for (int shared = 0; shared < problem.sharing(); shared++) {
            prepareQueries(shared);
        }
        for (int t = 0; t < problem.tiles(); t++) {
            computeTile(t);
        }
        for (int shared = 0; shared < problem.sharing(); shared++) {
            storeQueryGradients(shared);
        }
    }

    private int head(int shared) {
        return keyHead * problem.sharing() + shared;
    }

    /** Returns the place of a group's first query among all that share the keys. */
    private int column(int shared, int group) {
        return (shared * problem.groups() + group) * WIDTH;
    }

    private void prepareQueries(int shared) {
        int head = head(shared);
        int size = problem.size();
        int groups = problem.groups();
        TileLanes lanes = problem.lanes();
        Heads gradient = tensors.outputGradient();
        for (int group = 0; group < groups; group++) {
            int at = column(shared, group);
            problem.packAsColumns(problem.query(), sequence, head, group, queryColumns, at * size);
            lanes.scale(queryColumns, at * size, WIDTH * size, problem.scale());
            problem.packAsColumns(
                    gradient, sequence, head, group, gradientColumns, at * gradient.size());
            prepareSums(head, group, at);
        }
        for (int group = 0; group < groups; group += BLOCK_GROUPS) {
            int at = column(shared, group);
            int first = group * WIDTH;
            int count = Math.min(BLOCK, problem.queries() - first);
            problem.packAsDepth(
                    problem.query(),
                    sequence,
                    head,
                    first,
                    count,
                    problem.bySize(),
                    queryDepth,
                    at * sizeRows);
            lanes.scale(queryDepth, at * sizeRows, count * sizeRows, problem.scale());
            problem.packAsDepth(
                    gradient,
                    sequence,
                    head,
                    first,
                    count,
                    problem.byValue(),
                    gradientDepth,
                    at * valueRows);
        }
        int from = column(shared, 0) * sizeRows;
        Arrays.fill(queryGradients, from, from + groups * WIDTH * sizeRows, 0);
    }

    /**
     * Sets for each query its log-sum, and the product of its output and the output's gradient.
     * Columns without a query, and queries that saw nothing, get a log-sum that makes their
     * probabilities 0.
     */
    private void prepareSums(int head, int group, int at) {
        Heads gradient = tensors.outputGradient();
        Heads output = tensors.output();
        int lanes = problem.lanesOf(group);
        int query = group * WIDTH;
        int row = (sequence * problem.query().heads() + head) * problem.queries() + query;
        for (int lane = 0; lane < WIDTH; lane++) {
            float logSum = Float.NEGATIVE_INFINITY;
            float delta = 0;
            if (lane < lanes) {
                logSum = tensors.logSums()[tensors.logSumsAt() + row + lane];
                delta =
                        rows.dot(
                                gradient.data(),
                                gradient.at(sequence, head)
                                        + (query + lane) * gradient.stepStride(),
                                output.data(),
                                output.at(sequence, head) + (query + lane) * output.stepStride(),
                                output.size());
            }
            logSums[at + lane] =
                    logSum == Float.NEGATIVE_INFINITY ? Float.POSITIVE_INFINITY : logSum;
            deltas[at + lane] = delta;
        }
    }

    private void computeTile(int t) {
        int count = problem.keysOf(t);
        Arrays.fill(keyGradients, 0, sizeRows * TILE_KEYS, 0);
        Arrays.fill(valueGradients, 0, valueRows * TILE_KEYS, 0);
        for (int shared = 0; shared < problem.sharing(); shared++) {
            for (int group = 0; group < problem.groups(); group += BLOCK_GROUPS) {
                int end = Math.min(problem.groups(), group + BLOCK_GROUPS);
                // what the last group of a block sees is most
                int seen = problem.seenBy(end - 1) - t * TILE_KEYS;
                if (seen > 0) {
                    // whole panels: what pads one would be added to the gradients of other keys
                    int whole = PackedBlock.panels(seen, WIDTH) * WIDTH;
                    computeBlock(t, shared, group, end, Math.min(count, whole));
                }
            }
        }
        int first = t * TILE_KEYS;
        problem.store(
                keyGradients,
                0,
                TILE_KEYS,
                count,
                tensors.keyGradient(),
                sequence,
                keyHead,
                first,
                room);
        problem.store(
                valueGradients,
                0,
                TILE_KEYS,
                count,
                tensors.valueGradient(),
                sequence,
                keyHead,
                first,
                room);
    }

    private void computeBlock(int t, int shared, int firstGroup, int endGroup, int count) {
        for (int group = firstGroup; group < endGroup; group++) {
            int at = (group - firstGroup) * WIDTH * TILE_KEYS;
            int seen = Math.clamp(problem.seenBy(group) - t * TILE_KEYS, 0, count);
            if (seen > 0) {
                computeScores(t, shared, group, at, seen);
            }
            // what earlier groups of a causal block don't see has no gradient
            Arrays.fill(probabilities, at + seen * WIDTH, at + count * WIDTH, 0);
            Arrays.fill(scoreGradients, at + seen * WIDTH, at + count * WIDTH, 0);
            transpose(probabilities, at, count, group - firstGroup, probabilityColumns);
            transpose(scoreGradients, at, count, group - firstGroup, scoreGradientColumns);
        }
        int first = column(shared, firstGroup);
        int depth = Math.min(BLOCK, problem.queries() - firstGroup * WIDTH);
        addOverQueries(
                problem.byValue(),
                gradientDepth,
                first * valueRows,
                valueRows,
                depth,
                probabilityColumns,
                count,
                valueGradients);
        addOverQueries(
                problem.bySize(),
                queryDepth,
                first * sizeRows,
                sizeRows,
                depth,
                scoreGradientColumns,
                count,
                keyGradients);
    }

    /** Computes a group's probabilities of some keys, and the gradients of scores and queries. */
    private void computeScores(int t, int shared, int group, int at, int count) {
        int column = column(shared, group);
        problem.scores(
                sequence,
                head(shared),
                group,
                t,
                count,
                keyRows,
                queryColumns,
                column * problem.size(),
                probabilities,
                at,
                room);
        problem.multiplyByKeys(
                valueRowPanels,
                t,
                count,
                problem.valueSize(),
                gradientColumns,
                column * problem.valueSize(),
                scoreGradients,
                at);
        TileLanes lanes = problem.lanes();
        lanes.scoreGradients(probabilities, scoreGradients, at, count, logSums, deltas, column);
        addQueryGradients(t, count, at, column);
    }

    private void addQueryGradients(int t, int count, int at, int column) {
        int height = problem.bySize().rows();
        int depth = problem.keysOf(t);
        for (int row = 0; row < sizeRows; row += height) {
            problem.bySize()
                    .multiply(
                            count,
                            keyDepth,
                            t * TILE_KEYS * sizeRows + row * depth,
                            scoreGradients,
                            at,
                            queryGradients,
                            column * sizeRows + row * WIDTH,
                            WIDTH,
                            true);
        }
    }

    /** Brings a group's tile, key by key, into panels of 16 keys, query by query. */
    private void transpose(float[] tile, int at, int count, int groupOfBlock, float[] target) {
        for (int panel = 0; panel * WIDTH < count; panel++) {
            int to = panel * BLOCK * WIDTH + groupOfBlock * WIDTH * WIDTH;
            problem.packing()
                    .pack(
                            tile,
                            at,
                            WIDTH,
                            1,
                            count,
                            WIDTH,
                            WIDTH,
                            panel,
                            panel + 1,
                            target,
                            to - panel * WIDTH * WIDTH);
        }
    }

    /** Adds sums over the queries of a block to gradients {@code [size][96 keys]}. */
    private static void addOverQueries(
            MicroKernel kernel,
            float[] depthPanels,
            int from,
            int paddedRows,
            int depth,
            float[] columns,
            int count,
            float[] gradients) {
        int height = kernel.rows();
        for (int row = 0; row < paddedRows; row += height) {
            for (int panel = 0; panel * WIDTH < count; panel++) {
                kernel.multiply(
                        depth,
                        depthPanels,
                        from + row * depth,
                        columns,
                        panel * BLOCK * WIDTH,
                        gradients,
                        row * TILE_KEYS + panel * WIDTH,
                        TILE_KEYS,
                        true);
            }
        }
    }

    private void storeQueryGradients(int shared) {
        Heads target = tensors.queryGradient();
        for (int group = 0; group < problem.groups(); group++) {
            int at = column(shared, group) * sizeRows;
            problem.lanes().scale(queryGradients, at, sizeRows * WIDTH, problem.scale());
            problem.store(
                    queryGradients,
                    at,
                    WIDTH,
                    problem.lanesOf(group),
                    target,
                    sequence,
                    head(shared),
                    group * WIDTH,
                    room);
        }
    }
}
