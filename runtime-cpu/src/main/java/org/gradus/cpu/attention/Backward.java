package org.gradus.cpu.attention;

import java.util.Arrays;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.reduction.RowKernels;
import org.gradus.cpu.threads.Scratch;

/**
 * The gradients of attention for one head of keys (Dao et al., 2022, algorithm 4): scores are
 * computed again, tile by tile of keys, and for each tile block by block of queries.
 */
final class Backward {
    static final int SCRATCH_SLOTS = 15;

    private static final int WIDTH = Problem.WIDTH;
    private static final int TILE_KEYS = Problem.TILE_KEYS;

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
    private final int sizePanels;
    private final int valuePanels;

    /** Of the keys: as rows for scores, as depth for the query's gradient; values as rows. */
    private final float[] keyRows;

    private final float[] keyDepth;
    private final float[] valueRowPanels;

    /** Of all queries that share the keys, one head after the other. */
    private final float[] queryColumns;

    private final float[] gradientColumns;
    private final float[] queryPanels;
    private final float[] gradientPanels;
    private final float[] queryGradients;
    private final float[] logSums;
    private final float[] deltas;

    /** Of a group of queries. */
    private final float[] probabilities;

    private final float[] scoreGradients;

    /** Of a tile of keys, in panels {@code [96][16]}. */
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
        sizePanels = PackedBlock.panels(size, WIDTH);
        valuePanels = PackedBlock.panels(valueSize, WIDTH);
        int paddedKeys = Problem.padded(problem.keys(), problem.byKey());
        int columns = problem.sharing() * problem.groups() * WIDTH;
        keyRows = scratch.floats(0, paddedKeys * size);
        keyDepth = scratch.floats(1, problem.keys() * sizeRows);
        valueRowPanels = scratch.floats(2, paddedKeys * valueSize);
        queryColumns = scratch.floats(3, columns * size);
        gradientColumns = scratch.floats(4, columns * valueSize);
        queryPanels = scratch.floats(5, columns * sizePanels * WIDTH);
        gradientPanels = scratch.floats(6, columns * valuePanels * WIDTH);
        queryGradients = scratch.floats(7, columns * sizeRows);
        logSums = scratch.floats(8, columns);
        deltas = scratch.floats(9, columns);
        probabilities = scratch.floats(10, TILE_KEYS * WIDTH);
        scoreGradients = scratch.floats(11, TILE_KEYS * WIDTH);
        keyGradients = scratch.floats(12, sizePanels * TILE_KEYS * WIDTH);
        valueGradients = scratch.floats(13, valuePanels * TILE_KEYS * WIDTH);
        room = scratch.floats(14, Math.max(sizePanels * WIDTH, TILE_KEYS) * WIDTH);
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
        packPanels(problem.query(), head, queryPanels, column(shared, 0) * sizePanels * WIDTH);
        packPanels(gradient, head, gradientPanels, column(shared, 0) * valuePanels * WIDTH);
        int from = column(shared, 0) * sizeRows;
        Arrays.fill(queryGradients, from, from + groups * WIDTH * sizeRows, 0);
    }

    /**
     * Packs in panels of as many queries as whole groups have; those that are missing are zeros.
     */
    private void packPanels(Heads steps, int head, float[] target, int at) {
        int stride = problem.groups() * WIDTH * WIDTH;
        int filled = problem.queries() * WIDTH;
        problem.packAsPanels(steps, sequence, head, target, at, stride);
        for (int panel = 0; panel * WIDTH < steps.size(); panel++) {
            int from = at + panel * stride;
            Arrays.fill(target, from + filled, from + stride, 0);
        }
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
        int first = t * TILE_KEYS;
        Arrays.fill(keyGradients, 0, sizePanels * TILE_KEYS * WIDTH, 0);
        Arrays.fill(valueGradients, 0, valuePanels * TILE_KEYS * WIDTH, 0);
        for (int shared = 0; shared < problem.sharing(); shared++) {
            for (int group = 0; group < problem.groups(); group++) {
                int seen = Math.min(count, problem.seenBy(group) - first);
                if (seen > 0) {
                    computeScores(t, shared, group, seen);
                    addOverQueries(
                            probabilities,
                            seen,
                            shared,
                            group,
                            gradientPanels,
                            valuePanels,
                            valueGradients);
                    addOverQueries(
                            scoreGradients,
                            seen,
                            shared,
                            group,
                            queryPanels,
                            sizePanels,
                            keyGradients);
                }
            }
        }
        int stride = TILE_KEYS * WIDTH;
        problem.lanes().scale(keyGradients, 0, sizePanels * stride, problem.scale());
        problem.storePanels(
                keyGradients, 0, stride, count, tensors.keyGradient(), sequence, keyHead, first);
        problem.storePanels(
                valueGradients,
                0,
                stride,
                count,
                tensors.valueGradient(),
                sequence,
                keyHead,
                first);
    }

    /** Adds a group's share of the gradients of some keys, or of their values. */
    private void addOverQueries(
            float[] tile,
            int count,
            int shared,
            int group,
            float[] panels,
            int panelCount,
            float[] gradients) {
        int from = column(shared, 0) * panelCount * WIDTH + group * WIDTH * WIDTH;
        for (int panel = 0; panel < panelCount; panel++) {
            problem.lanes()
                    .addProducts(
                            tile,
                            0,
                            count,
                            panels,
                            from + panel * problem.groups() * WIDTH * WIDTH,
                            gradients,
                            panel * TILE_KEYS * WIDTH);
        }
    }

    /** Computes a group's probabilities of some keys, and the gradients of scores and queries. */
    private void computeScores(int t, int shared, int group, int count) {
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
                0,
                room);
        problem.multiplyByKeys(
                valueRowPanels,
                t,
                count,
                problem.valueSize(),
                gradientColumns,
                column * problem.valueSize(),
                scoreGradients,
                0);
        TileLanes lanes = problem.lanes();
        lanes.scoreGradients(probabilities, scoreGradients, 0, count, logSums, deltas, column);
        addQueryGradients(t, count, column);
    }

    private void addQueryGradients(int t, int count, int column) {
        int height = problem.bySize().rows();
        int depth = problem.keysOf(t);
        for (int row = 0; row < sizeRows; row += height) {
            problem.bySize()
                    .multiply(
                            count,
                            keyDepth,
                            t * TILE_KEYS * sizeRows + row * depth,
                            scoreGradients,
                            0,
                            queryGradients,
                            column * sizeRows + row * WIDTH,
                            WIDTH,
                            true);
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
