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

    /** Panels of rows that are packed at once where filters lie apart, and channels. */
    private static final int PANELS_TOGETHER = 4;

    private static final int DEPTH_TOGETHER = 32;

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
     * @param column the distance between filters along the depth; one of both is {@value #TAPS}
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
        boolean dense = column == TAPS;
        int panels = PackedBlock.panels(rows, kernel.rows());
        int together = dense ? 1 : PANELS_TOGETHER;
        int most = dense ? PackedProduct.depthStep(depth) : PANELS_TOGETHER * DEPTH_TOGETHER;
        int size = most * TAPS * kernel.rows() + Transforms.SLACK;
        pool.run(
                PackedBlock.panels(panels, together),
                (task, worker) -> {
                    float[] elements = scratch.floats(slot, size);
                    if (dense) {
                        packDense(
                                task, weights, offset, row, turned, transforms, packing, elements);
                    } else {
                        int first = task * together;
                        int end = Math.min(panels, first + together);
                        packSpread(
                                first, end, weights, offset, column, turned, transforms, elements);
                    }
                });
    }

    /** Packs a panel of filters whose elements follow each other along the depth. */
    private void packDense(
            int panel,
            float[] weights,
            int offset,
            int row,
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
            int from = offset + part * TAPS;
            packing.packLines(
                    weights, from, starts, 0, lines, partDepth * TAPS, height, elements, 0);
            transform(elements, 0, turned, transforms, panel, part, 0, partDepth);
        }
    }

    /**
     * Packs panels of filters that lie far apart along the depth: so many at once that memory is
     * read in runs of some length.
     */
    private void packSpread(
            int first,
            int end,
            float[] weights,
            int offset,
            int column,
            boolean turned,
            Transforms transforms,
            float[] elements) {
        int height = kernel.rows();
        int step = PackedProduct.depthStep(depth);
        for (int k = 0; k < depth; ) {
            int part = k / step * step;
            int count = Math.min(DEPTH_TOGETHER, Math.min(depth, part + step) - k);
            int size = count * TAPS * height;
            for (int i = 0; i < count; i++) {
                for (int panel = first; panel < end; panel++) {
                    int to = (panel - first) * size + i * TAPS * height;
                    int filter = panel * height;
                    int from = offset + filter * TAPS + (k + i) * column;
                    turn(weights, from, filter, elements, to);
                }
            }
            for (int panel = first; panel < end; panel++) {
                int from = (panel - first) * size;
                transform(elements, from, turned, transforms, panel, part, k - part, count);
            }
            k += count;
        }
    }

    /**
     * Packs one filter of each row of a panel, which follow each other; rows that are missing
     * repeat the last. Plain code: nine elements are too few for vectors along them.
     */
    private void turn(float[] weights, int from, int first, float[] elements, int to) {
        int height = kernel.rows();
        int given = Math.min(height, rows - first);
        for (int line = 0; line < given; line++) {
            for (int tap = 0; tap < TAPS; tap++) {
                elements[to + tap * height + line] = weights[from + line * TAPS + tap];
            }
        }
        for (int line = given; line < height; line++) {
            for (int tap = 0; tap < TAPS; tap++) {
                int at = to + tap * height + line;
                elements[at] = elements[at - 1];
            }
        }
    }

    /** Transforms a panel's filters of some channels, from {@code k} on in a part of the depth. */
    private void transform(
            float[] elements,
            int from,
            boolean turned,
            Transforms transforms,
            int panel,
            int part,
            int k,
            int count) {
        int height = kernel.rows();
        transforms.filters(
                elements,
                from,
                turned ? -height : height,
                height,
                count,
                packed,
                position(0, panel * height, part) + k * height,
                point());
    }
}
