package org.gradus.cpu.attention;

import java.util.Optional;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.Packing;
import org.gradus.device.View;

/**
 * The attention to compute, and how its score tiles are made.
 *
 * @param query {@code [batch, heads, queries, size]}
 * @param key {@code [batch, keyHeads, keys, size]}
 * @param value {@code [batch, keyHeads, keys, valueSize]}
 * @param mask added to the scores; null for none
 * @param causal whether query i sees keys up to {@code i + keys - queries} only
 * @param scale of the scores
 * @param byKey for products with a row for each key
 * @param bySize for products with a row for each element of a query or key
 * @param byValue for products with a row for each element of a value
 * @param packing of operands
 * @param lanes what is done to tiles
 */
record Problem(
        Heads query,
        Heads key,
        Heads value,
        Mask mask,
        boolean causal,
        float scale,
        MicroKernel byKey,
        MicroKernel bySize,
        MicroKernel byValue,
        Packing packing,
        TileLanes lanes) {
    static final int WIDTH = MicroKernel.WIDTH;

    /** Keys of a tile: a multiple of the rows of every micro-kernel. */
    static final int TILE_KEYS = 96;

    static Problem of(
            View query,
            View key,
            View value,
            Optional<View> mask,
            boolean causal,
            double scale,
            MicroKernels kernels,
            Packing packing,
            TileLanes lanes) {
        return new Problem(
                Heads.of(query),
                Heads.of(key),
                Heads.of(value),
                mask.map(Mask::new).orElse(null),
                causal,
                (float) scale,
                kernels.forRows(TILE_KEYS).single(),
                kernels.forRows(query.shape().size(3)).single(),
                kernels.forRows(value.shape().size(3)).single(),
                packing,
                lanes);
    }

    int queries() {
        return query.steps();
    }

    int keys() {
        return key.steps();
    }

    int size() {
        return query.size();
    }

    int valueSize() {
        return value.size();
    }

    /** Heads of queries that share one of keys. */
    int sharing() {
        return query.heads() / key.heads();
    }

    /** Groups of 16 queries. */
    int groups() {
        return PackedBlock.panels(queries(), WIDTH);
    }

    /** Queries of a group that exist. */
    int lanesOf(int group) {
        return Math.min(WIDTH, queries() - group * WIDTH);
    }

    int tiles() {
        return PackedBlock.panels(keys(), TILE_KEYS);
    }

    int keysOf(int tile) {
        return Math.min(TILE_KEYS, keys() - tile * TILE_KEYS);
    }

    /** Returns how many keys the last query of a group sees, and so at least one of the group. */
    int seenBy(int group) {
        if (!causal) {
            return keys();
        }
        int last = group * WIDTH + lanesOf(group) - 1;
        return Math.clamp(last + 1L + keys() - queries(), 0, keys());
    }

    /** Returns lines that fill whole panels. */
    static int padded(int lines, MicroKernel kernel) {
        return PackedBlock.panels(lines, kernel.rows()) * kernel.rows();
    }

    /** Packs keys or values as rows: panels of {@link #byKey}, each as deep as a step is long. */
    void packAsRows(Heads steps, int sequence, int head, float[] target) {
        packing.pack(
                steps.data(),
                steps.at(sequence, head),
                steps.stepStride(),
                1,
                steps.steps(),
                steps.size(),
                byKey.rows(),
                0,
                PackedBlock.panels(steps.steps(), byKey.rows()),
                target,
                0);
    }

    /** Packs some steps as the depth of a product whose rows are the elements of a step. */
    void packAsDepth(
            Heads steps,
            int sequence,
            int head,
            int first,
            int count,
            MicroKernel kernel,
            float[] target,
            int at) {
        packing.pack(
                steps.data(),
                steps.at(sequence, head) + first * steps.stepStride(),
                1,
                steps.stepStride(),
                steps.size(),
                count,
                kernel.rows(),
                0,
                PackedBlock.panels(steps.size(), kernel.rows()),
                target,
                at);
    }

    /** Packs all steps in panels of 16 elements, each {@code [steps][16]}. */
    void packAsPanels(Heads steps, int sequence, int head, float[] target, int at, int stride) {
        for (int panel = 0; panel * WIDTH < steps.size(); panel++) {
            packing.pack(
                    steps.data(),
                    steps.at(sequence, head) + panel * WIDTH,
                    1,
                    steps.stepStride(),
                    Math.min(WIDTH, steps.size() - panel * WIDTH),
                    steps.steps(),
                    WIDTH,
                    0,
                    1,
                    target,
                    at + panel * stride);
        }
    }

    /** Packs a group of 16 steps as columns, {@code [size][16]}. */
    void packAsColumns(Heads steps, int sequence, int head, int group, float[] target, int at) {
        packing.pack(
                steps.data(),
                steps.at(sequence, head) + group * WIDTH * steps.stepStride(),
                steps.stepStride(),
                1,
                lanesOf(group),
                steps.size(),
                WIDTH,
                0,
                1,
                target,
                at);
    }

    /** Computes {@code rows @ columns} for the keys of a tile, all from packed operands. */
    void multiplyByKeys(
            float[] rows,
            int tile,
            int count,
            int depth,
            float[] columns,
            int columnsAt,
            float[] target,
            int at) {
        int height = byKey.rows();
        int from = tile * TILE_KEYS * depth;
        for (int row = 0; row < count; row += height) {
            byKey.multiply(
                    depth,
                    rows,
                    from + row * depth,
                    columns,
                    columnsAt,
                    target,
                    at + row * WIDTH,
                    WIDTH,
                    false);
        }
    }

    /**
     * Computes a tile of scores with what is added to them; what must not be seen becomes negative
     * infinity.
     *
     * @param keyRows from {@link #packAsRows}
     * @param queryColumns from {@link #packAsColumns}, scaled
     * @param room for a tile of the mask
     */
    void scores(
            int sequence,
            int head,
            int group,
            int tile,
            int count,
            float[] keyRows,
            float[] queryColumns,
            int queryAt,
            float[] target,
            int at,
            float[] room) {
        multiplyByKeys(keyRows, tile, count, size(), queryColumns, queryAt, target, at);
        int firstQuery = group * WIDTH;
        int firstKey = tile * TILE_KEYS;
        if (mask != null) {
            mask.add(
                    sequence,
                    head,
                    firstQuery,
                    lanesOf(group),
                    firstKey,
                    count,
                    target,
                    at,
                    room,
                    packing,
                    lanes);
        }
        if (causal) {
            int first = firstKey - firstQuery - (keys() - queries());
            if (first + count > 1) {
                lanes.hide(target, at, count, first);
            }
        }
    }

    /**
     * Writes a transposed block back as steps.
     *
     * @param source {@code [size][stride]}, a row for each element and a column for each step
     * @param count of the steps
     * @param room for the steps in panels of 16 elements
     */
    void store(
            float[] source,
            int sourceAt,
            int stride,
            int count,
            Heads steps,
            int sequence,
            int head,
            int first,
            float[] room) {
        int panels = PackedBlock.panels(steps.size(), WIDTH);
        packing.pack(source, sourceAt, stride, 1, steps.size(), count, WIDTH, 0, panels, room, 0);
        storePanels(room, 0, count * WIDTH, count, steps, sequence, head, first);
    }

    /**
     * Writes panels of 16 elements, each {@code [count][16]} and {@code stride} apart, as steps.
     */
    void storePanels(
            float[] source,
            int sourceAt,
            int stride,
            int count,
            Heads steps,
            int sequence,
            int head,
            int first) {
        int to = steps.at(sequence, head) + first * steps.stepStride();
        for (int panel = 0; panel * WIDTH < steps.size(); panel++) {
            int from = sourceAt + panel * stride;
            int column = panel * WIDTH;
            int width = Math.min(WIDTH, steps.size() - column);
            if (width == WIDTH) {
                lanes.copyRows(source, from, count, steps.data(), to + column, steps.stepStride());
                continue;
            }
            for (int step = 0; step < count; step++) {
                int row = to + step * steps.stepStride() + column;
                System.arraycopy(source, from + step * WIDTH, steps.data(), row, width);
            }
        }
    }
}
