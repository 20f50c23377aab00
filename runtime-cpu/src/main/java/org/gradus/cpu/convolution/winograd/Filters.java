package org.gradus.cpu.convolution.winograd;

import java.util.Arrays;
import org.gradus.cpu.matmul.MicroKernel;
import org.gradus.cpu.matmul.PackedBlock;
import org.gradus.cpu.matmul.PackedProduct;
import org.gradus.cpu.matmul.Packing;
import org.gradus.cpu.threads.Scratch;
import org.gradus.cpu.threads.WorkerPool;

/**
 * Transformed filters of 3 by 3, packed for a micro-kernel: for each point, for each part of the
 * depth, panels of rows.
 *
 * @param kernel what they are packed for
 * @param rows the channels of the target
 * @param depth the channels of the source
 * @param packed the elements
 */
record Filters(MicroKernel kernel, int rows, int depth, float[] packed) {
    static final int SIDE = 3;
    static final int TAPS = SIDE * SIDE;

    /** Returns how many elements packed filters take. */
    static int packedSize(MicroKernel kernel, int rows, int depth) {
        return Transforms.POINTS * (paddedRows(kernel, rows) * depth + Transforms.GAP);
    }

    private static int paddedRows(MicroKernel kernel, int rows) {
        return PackedBlock.panels(rows, kernel.rows()) * kernel.rows();
    }

    /** Returns the distance between points. */
    private int point() {
        return paddedRows(kernel, rows) * depth + Transforms.GAP;
    }

    /**
     * Returns where the panels begin of a point, from a row on, of a part of the depth.
     *
     * @param row a multiple of the kernel's rows
     * @param part a multiple of the {@linkplain PackedProduct#depthStep step}
     */
    int position(int point, int row, int part) {
        int partDepth = Math.min(PackedProduct.depthStep(depth), depth - part);
        return point * point() + part * paddedRows(kernel, rows) + row * partDepth;
    }

    /**
     * Transforms and packs filters with all threads.
     *
     * @param weights the filters
     * @param offset where the first begins
     * @param row the distance between the filters of neighbouring rows
     * @param column the distance between filters along the depth
     * @param turned whether to turn filters by 180 degrees, as a gradient needs them
     * @param scratch lends memory for the elements of a panel
     * @param slot which
     */
    void pack(
            float[] weights,
            int offset,
            int row,
            int column,
            boolean turned,
            Transforms transforms,
            Packing packing,
            Scratch scratch,
            int slot,
            WorkerPool pool) {
        int size = PackedProduct.depthStep(depth) * TAPS * kernel.rows() + Transforms.SLACK;
        pool.run(
                PackedBlock.panels(rows, kernel.rows()),
                (panel, worker) ->
                        packPanel(
                                panel,
                                weights,
                                offset,
                                row,
                                column,
                                turned,
                                transforms,
                                packing,
                                scratch.floats(slot, size)));
    }

    private void packPanel(
            int panel,
            float[] weights,
            int offset,
            int row,
            int column,
            boolean turned,
            Transforms transforms,
            Packing packing,
            float[] elements) {
        int height = kernel.rows();
        int lines = Math.min(height, rows - panel * height);
        int[] starts = new int[lines];
        Arrays.setAll(starts, line -> (panel * height + line) * row);
        int step = PackedProduct.depthStep(depth);
        for (int part = 0; part < depth; part += step) {
            int partDepth = Math.min(step, depth - part);
            int from = offset + part * column;
            // filters whose elements follow each other are turned round at once
            int together = column == TAPS ? partDepth : 1;
            for (int k = 0; k < partDepth; k += together) {
                packing.packLines(
                        weights,
                        from + k * column,
                        starts,
                        0,
                        lines,
                        together * TAPS,
                        height,
                        elements,
                        k * TAPS * height);
            }
            transforms.filters(
                    elements,
                    turned ? -height : height,
                    height,
                    partDepth,
                    packed,
                    position(0, panel * height, part),
                    point());
        }
    }
}
